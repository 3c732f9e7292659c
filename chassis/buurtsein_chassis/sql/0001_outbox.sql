-- What happened, for ever: append-only. The id is drawn after the stream's row lock, so ids follow versions.
create table event_stream (
    topic text not null,
    key text not null,
    version bigint not null,
    primary key (topic, key)
);

create table event_log (
    id bigint generated always as identity primary key,
    event_id uuid not null unique,
    topic text not null,
    key text not null,
    version bigint not null,
    type text not null,
    source text not null,
    subject text not null,
    data_schema text not null,
    occurred_at timestamptz not null,
    correlation_id text,
    causation_id text,
    traceparent text,
    data json not null,
    unique (topic, key, version)
);

create index event_log_correlation on event_log (correlation_id);

-- What the relay has still to publish: pointers, deleted after the broker's acknowledgement.
create table outbox_pending (
    id bigint primary key
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

-- What the broker refused for good, with everything of the same key behind it; never skipped.
create table outbox_frozen (
    id bigint primary key,
    topic text not null,
    key text not null,
    reason text not null,
    frozen_at timestamptz not null default now()
);

grant select, insert, update on event_stream to {app};
grant select, insert on event_log to {app};
grant select, insert on outbox_pending to {app};
grant select on outbox_frozen to {app};
grant select on event_log to {relay};
grant select, delete on outbox_pending to {relay};
grant select, insert on outbox_frozen to {relay};
