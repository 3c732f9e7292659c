-- A dead letter may be tried again, and is settled at a time.
alter table dead_letter
    add column attempts integer not null default 1,
    add column last_at timestamptz not null default now(),
    add column settled_at timestamptz,
    add check ((state = 'dead') = (settled_at is null));

-- What operators did to events: who, what, why. Append-only, and nothing of the service's own.
create table operator_action (
    id bigint generated always as identity primary key,
    done_at timestamptz not null default now(),
    who text not null,
    verb text not null,
    target jsonb not null,
    reason text
);

revoke all on operator_action from {app};

-- When each bound of retention was last applied, and how many rows it took.
create table retention_run (
    bound text primary key,
    ran_at timestamptz not null,
    removed bigint not null,
    removed_total bigint not null
);

revoke insert, update, delete on retention_run from {app};
