-- Rules count facts: what one report, or several that are likely about the same, tell of. Place and moment are the first
-- report's, `fact_id` is its id. The cells are what facts nearby are found by: some 350 by 330 metres in Belgium.
create table fact (
    fact_id uuid primary key,
    category text not null,
    severity text not null,
    longitude double precision not null,
    latitude double precision not null,
    happened_at timestamptz not null,
    reports integer not null default 1,
    cell_east integer not null generated always as (floor(longitude / 0.005)::integer) stored,
    cell_north integer not null generated always as (floor(latitude / 0.003)::integer) stored
);
create index fact_near on fact (category, cell_east, cell_north, happened_at);

drop index incident_similar;
alter table incident rename column happened_from to happened_at;
alter table incident drop column network_id;
alter table incident add column fact_id uuid;
insert into fact (fact_id, category, severity, longitude, latitude, happened_at)
    select report_id, category, severity, longitude, latitude, happened_at from incident;
update incident set fact_id = report_id;
create index incident_of_fact on incident (fact_id, report_id);

-- What an alert tells of. One more fact is one more row here, and neither locks nor changes the alert.
create table alert_fact (
    alert_id uuid not null references alert on delete cascade,
    fact_id uuid not null,
    primary key (alert_id, fact_id)
);
create index alert_fact_by_fact on alert_fact (fact_id);
insert into alert_fact select alert_id, report_id::uuid from alert, jsonb_array_elements_text(document -> 'report_ids') report_id;

-- The box around a network's area, to pass by networks that are far away.
alter table known_network add column west double precision, add column south double precision,
    add column east double precision, add column north double precision;
update known_network set (west, south, east, north) = (
    select min((corner ->> 0)::float8), min((corner ->> 1)::float8), max((corner ->> 0)::float8), max((corner ->> 1)::float8)
    from jsonb_path_query(document, 'strict $.area.coordinates.** ? (@[0].type() == "number")') corner);
alter table known_network alter column west set not null, alter column south set not null,
    alter column east set not null, alter column north set not null;
