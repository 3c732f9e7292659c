-- The answer given to a request with an Idempotency-Key, written in the command's own transaction.
create table idempotency (
    client text not null,
    route text not null,
    key text not null,
    request_sha256 text not null,
    status integer,
    body text,
    headers jsonb,
    created_at timestamptz not null default now(),
    primary key (client, route, key)
);

grant select, insert, update, delete on idempotency to {app};

-- Tables of the services themselves.
alter default privileges in schema public grant select, insert, update, delete on tables to {app};
alter default privileges in schema public grant usage, select on sequences to {app};
