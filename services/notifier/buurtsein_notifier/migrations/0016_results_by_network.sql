-- The networks for which the peer has a message, and two more ends of a delivery.
-- oldest release: 0.1.0
alter table delivery add column reached text[] not null default '{}';
alter table delivery drop constraint delivery_state_check;
alter table delivery add constraint delivery_state_check check (state in ('ready', 'leased', 'sent', 'partial', 'failed',
    'expired', 'unknown', 'blocked', 'withdrawn', 'not_allowed'));
-- One row for each adapter, shared by all workers: its failures in a row, and its messages of this minute.
create table adapter_state (
    adapter text primary key,
    failures integer not null default 0,
    closed_until timestamptz,
    minute timestamptz not null default date_trunc('minute', now()),
    sent integer not null default 0
);
