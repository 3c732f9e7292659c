-- How coordinators let everybody reach their network, with their consent: encrypted under a data key of the row.
-- oldest release: 0.1.0
create table public_contact (
    network_id uuid not null references network on delete cascade,
    person text not null,
    consent_version text not null,
    consented_at timestamptz not null,
    data bytea not null,
    data_schema smallint not null,
    key_id text not null,
    data_key bytea not null,
    primary key (network_id, person)
);
create index public_contact_of_person on public_contact (person);
