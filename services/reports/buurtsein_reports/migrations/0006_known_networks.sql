-- A network is kept as one document, folded from its events by the reducer of the contracts package, with the box of its
-- area beside it. The old rows become documents as far as they go: the ids of the events and the name were never kept
-- here, so zeros and the code stand in for them until the projection is rebuilt.
alter table known_network
    add column schema smallint not null default 1,
    add column document jsonb,
    alter column west drop not null,
    alter column south drop not null,
    alter column east drop not null,
    alter column north drop not null;

create function pg_temp.stated(sequence integer, value jsonb) returns jsonb language sql immutable as $$
    select jsonb_build_object('event_id', '00000000-0000-0000-0000-000000000000', 'sequence', sequence, 'value', value)
$$;

update known_network set document = jsonb_strip_nulls(jsonb_build_object(
    'network_id', network_id,
    'approved', pg_temp.stated(0, jsonb_build_object('code', code, 'kind', kind, 'nis', '', 'decided_on', '{}'::jsonb)),
    'charter_version', pg_temp.stated(0, '1'),
    'named', pg_temp.stated(0, to_jsonb(code)),
    'area', pg_temp.stated(0, area),
    'postcodes', pg_temp.stated(0, '[]'),
    'recognised', case when recognised_from is not null then pg_temp.stated(0, jsonb_build_object(
        'status', 'ACTIEF', 'reference', '',
        'days', jsonb_build_object('start', greatest(recognised_from, '0001-01-01'), 'end', recognised_until))) end,
    'suspended', case when suspended_from is not null then pg_temp.stated(1, jsonb_build_object(
        'reference', '', 'days', jsonb_build_object('start', suspended_from, 'end', suspended_until))) end,
    'reinstated', case when suspended_from is not null and reinstated_from is not null
        then pg_temp.stated(2, to_jsonb(reinstated_from)) end,
    'ended', case when ended then pg_temp.stated(0, '{"reason": "stopped", "at": "1970-01-01T00:00:00Z"}') end));

alter table known_network
    alter column document set not null,
    drop column code,
    drop column kind,
    drop column area,
    drop column recognised,
    drop column recognised_from,
    drop column recognised_until,
    drop column suspended_from,
    drop column suspended_until,
    drop column reinstated_from,
    drop column ended;

insert into projection (name, version) select 'reports.networks', 1 where exists (select from known_network);
