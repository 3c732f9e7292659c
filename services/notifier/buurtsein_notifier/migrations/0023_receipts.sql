-- Receipts: how many members of each network got a message, by channel; and when the peer was last asked.
-- oldest release: 0.1.0
alter table delivery add column asked_at timestamptz;
-- squawk-ignore require-concurrent-index-creation
create index delivery_to_ask on delivery (finished_at) where state in ('unknown', 'sent', 'partial');
create table receipt (
    delivery_id uuid not null references delivery on delete cascade,
    target uuid not null,
    channel text not null,
    delivered integer not null,
    failed integer not null,
    at timestamptz not null,
    primary key (delivery_id, target, channel)
);
