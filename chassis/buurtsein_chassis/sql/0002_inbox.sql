-- Each event once per consumer, whatever the wire does.
create table inbox (
    consumer text not null,
    event_id uuid not null,
    received_at timestamptz not null default now(),
    primary key (consumer, event_id)
);

-- The last version applied of each stream, per consumer.
create table stream_position (
    consumer text not null,
    topic text not null,
    key text not null,
    version bigint not null,
    primary key (consumer, topic, key)
);

-- Events that came before their predecessor.
create table parked (
    consumer text not null,
    topic text not null,
    key text not null,
    version bigint not null,
    partition integer not null,
    "offset" bigint not null,
    event_id uuid not null,
    headers jsonb not null,
    value bytea not null,
    parked_at timestamptz not null default now(),
    primary key (consumer, topic, key, version)
);

-- Records that retrying cannot help; later events of the same stream wait in `parked`.
create table dead_letter (
    id bigint generated always as identity primary key,
    consumer text not null,
    topic text not null,
    partition integer not null,
    "offset" bigint not null,
    event_id uuid,
    key text,
    version bigint,
    reason text not null,
    fingerprint text not null,
    detail text not null,
    headers jsonb not null,
    value bytea,
    state text not null default 'dead' check (state in ('dead', 'redriven', 'discarded')),
    first_at timestamptz not null default now(),
    unique (consumer, topic, partition, "offset")
);

create index dead_letter_open on dead_letter (consumer, fingerprint) where state = 'dead';

grant select, insert, delete on inbox to {app};
grant select, insert, update on stream_position to {app};
grant select, insert, delete on parked to {app};
grant select, insert, update on dead_letter to {app};
