-- Which outside consumer said that it has deleted what it kept of an erased person, by the event about the erasure.
-- oldest release: 0.1.0
create table erasure_confirmation (
    event_id uuid not null,
    consumer text not null,
    confirmed_at timestamptz not null default now(),
    confirmed_by text not null,
    primary key (event_id, consumer)
);
revoke update, delete on erasure_confirmation from {app};
