-- A network is kept as the reducer of the contracts package folds it. The old documents become new ones as far as they
-- go: code, municipality, area and postcodes were never kept here, nor the time of day of an appointment, an agreement or
-- an end; they stand empty, or at noon, until the projection is rebuilt.
alter table known_network add column schema smallint not null default 1;

create function pg_temp.stated(fact jsonb, sequence integer, value jsonb) returns jsonb language sql immutable as $$
    select case when jsonb_typeof(fact) = 'object'
        then jsonb_build_object('event_id', fact -> 'event_id', 'sequence', sequence, 'value', value) end
$$;

create function pg_temp.days(fact jsonb, name text) returns jsonb language sql immutable as $$
    select jsonb_build_object('reference', fact -> 'reference',
        'days', jsonb_build_object('start', fact -> 'start', 'end', fact -> 'end'))
        || case when name = 'status' then jsonb_build_object('status', fact -> 'status') else '{}' end
$$;

update known_network set document = jsonb_strip_nulls(jsonb_build_object(
    'network_id', network_id,
    'approved', pg_temp.stated(document -> 'approval', 0, jsonb_build_object(
        'code', '', 'kind', coalesce(document -> 'kind', '""'), 'nis', '',
        'decided_on', document -> 'approval' -> 'decided_on')),
    'named', pg_temp.stated(document -> 'approval', 0, document -> 'name'),
    'recognised', pg_temp.stated(document -> 'recognition', 0, pg_temp.days(document -> 'recognition', 'status')),
    'suspended', pg_temp.stated(document -> 'suspension', 1, pg_temp.days(document -> 'suspension', '')),
    'reinstated', case when jsonb_typeof(document -> 'suspension' -> 'lifted_on') = 'string' then
        pg_temp.stated(document -> 'suspension', 2, document -> 'suspension' -> 'lifted_on') end,
    'ended', pg_temp.stated(document -> 'ended', 0, jsonb_build_object(
        'reason', 'stopped', 'at', document -> 'ended' ->> 'ended_on' || 'T12:00:00Z')),
    'coordinators', coalesce((select jsonb_object_agg(who, pg_temp.stated(fact, 0, jsonb_build_object(
        'role', 'coordinator', 'at', fact ->> 'appointed_on' || 'T12:00:00Z')))
        from jsonb_each(document -> 'coordinators') as c (who, fact)), '{}'),
    'be_alert', pg_temp.stated(document -> 'be_alert', 0, jsonb_build_object(
        'version', document -> 'be_alert' -> 'agreement_version',
        'at', document -> 'be_alert' ->> 'joined_on' || 'T12:00:00Z'))));

insert into projection (name, version) select 'funding.networks', 1 where exists (select from known_network);
