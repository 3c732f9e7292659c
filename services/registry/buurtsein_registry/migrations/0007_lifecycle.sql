-- Since when a network is in its state, and the reference with which anybody can ask where its charter is.
-- oldest release: 0.1.0
alter table network add column state_since timestamptz;

update network set
    document = document || jsonb_build_object('reference', r.reference)
from (
    select network_id, regexp_replace(left(md5(gen_random_uuid()::text), 16), '(.{4})(.{4})(.{4})(.{4})', '\1-\2-\3-\4')
        as reference
    from network
) r
where r.network_id = network.network_id;

-- squawk-ignore require-concurrent-index-creation
create unique index network_by_reference on network ((document ->> 'reference'));
