-- A network is kept as the reducer of the contracts package folds it, also one of which no approval was read yet: that one
-- has no area and no box. The old documents become new ones as far as they go: the ids of the events and who coordinates
-- were never kept here; zeros, and no coordinators, stand until the projection is rebuilt.
alter table known_network
    add column schema smallint not null default 1,
    alter column west drop not null,
    alter column south drop not null,
    alter column east drop not null,
    alter column north drop not null;
drop table network_coordinators;

create function pg_temp.stated(sequence integer, value jsonb) returns jsonb language sql immutable as $$
    select jsonb_build_object('event_id', '00000000-0000-0000-0000-000000000000', 'sequence', sequence, 'value', value)
$$;

create function pg_temp.known(document jsonb, name text) returns boolean language sql immutable as $$
    select jsonb_typeof(document -> name) = 'string'
$$;

update known_network set document = jsonb_strip_nulls(jsonb_build_object(
    'network_id', network_id,
    'approved', pg_temp.stated(0, jsonb_build_object('code', document -> 'code', 'kind', document -> 'kind',
        'nis', document -> 'nis', 'decided_on', '{}'::jsonb)),
    'charter_version', pg_temp.stated(0, '1'),
    'named', pg_temp.stated(0, document -> 'name'),
    'area', pg_temp.stated(0, document -> 'area'),
    'postcodes', pg_temp.stated(0, '[]'),
    'recognised', case when pg_temp.known(document, 'recognised_from') then pg_temp.stated(0, jsonb_build_object(
        'status', 'ACTIEF', 'reference', '', 'days', jsonb_build_object(
            'start', document -> 'recognised_from', 'end', document -> 'recognised_until'))) end,
    'suspended', case when pg_temp.known(document, 'suspended_from') then pg_temp.stated(1, jsonb_build_object(
        'reference', '', 'days', jsonb_build_object(
            'start', document -> 'suspended_from', 'end', document -> 'suspended_until'))) end,
    'reinstated', case when pg_temp.known(document, 'suspended_from') and pg_temp.known(document, 'reinstated_from')
        then pg_temp.stated(2, document -> 'reinstated_from') end,
    'ended', case when document -> 'ended' = 'true'
        then pg_temp.stated(0, '{"reason": "stopped", "at": "1970-01-01T00:00:00Z"}') end,
    'be_alert', case when pg_temp.known(document, 'be_alert_version') then pg_temp.stated(0, jsonb_build_object(
        'version', document -> 'be_alert_version', 'at', '1970-01-01T00:00:00Z')) end));

insert into projection (name, version) select 'notifier.networks', 1 where exists (select from known_network);
