-- Questions of anybody to the coordinators of a network. What was asked, and by whom, is encrypted under a data key of
-- the row, which goes with the row.
-- oldest release: 0.1.0
create table enquiry (
    enquiry_id uuid primary key,
    network_id uuid not null references network on delete cascade,
    sent_at timestamptz not null,
    consent_version text not null,
    status text not null,
    closed_at timestamptz,
    closed_by text,
    version integer not null,
    data bytea not null,
    data_schema smallint not null,
    key_id text not null,
    data_key bytea not null
);
create index enquiry_of_network on enquiry (network_id, sent_at);
create index enquiry_open on enquiry (network_id, sent_at) where closed_at is null;
