-- A person has one membership of a network that has not ended: requested, active, paused or suspended.
-- oldest release: 0.1.0
-- squawk-ignore require-concurrent-index-creation
create unique index member_once_live on member (person, network_id) where left_at is null;
