-- Removes the index that report_of_network_by_moment replaces.
-- without a transaction
-- oldest release: 0.1.0
drop index concurrently if exists report_of_network;
