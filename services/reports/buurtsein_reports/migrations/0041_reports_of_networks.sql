-- Lists the reports of a network by their moment, a page at a time.
-- without a transaction
-- oldest release: 0.1.0
create index concurrently if not exists report_of_network_by_moment on report (network_id, reported_at, report_id);
