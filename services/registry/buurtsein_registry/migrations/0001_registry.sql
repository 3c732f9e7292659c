create table network (
    network_id uuid primary key,
    code text not null unique,
    kind text not null,
    state text not null,
    name text not null,
    version integer not null,
    document jsonb not null
);

create index network_by_state on network (state, network_id);

create sequence network_number;
grant usage on sequence network_number to {app};

create table member (
    member_id uuid primary key,
    network_id uuid not null references network,
    person text not null,
    status text not null,
    document jsonb not null
);

-- One active membership for each person and network.
create unique index member_once on member (person, network_id) where status = 'ACTIVE';

-- The vault: the only table in Buurtsein that says who a member is.
create table person_vault (
    person text primary key,
    name text not null,
    email text,
    mobile text not null,
    address jsonb not null,
    updated_at timestamptz not null default now()
);
