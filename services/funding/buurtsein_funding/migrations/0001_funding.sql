-- What was heard of each network on bin.networks.
create table known_network (
    network_id uuid primary key,
    document jsonb not null
);

create table application (
    application_id uuid primary key,
    network_id uuid not null,
    year integer not null,
    scheme_id text not null,
    requester text not null,
    state text not null,
    version integer not null,
    document jsonb not null
);

-- One live application for each network, year and scheme, whatever the scheme's version.
create unique index application_live on application (network_id, year, scheme_id)
    where state in ('SUBMITTED', 'GRANTED');

create index application_by_state on application (state, application_id);
