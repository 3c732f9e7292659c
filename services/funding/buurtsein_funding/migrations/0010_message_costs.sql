-- What the messages of each alert cost for each network, as AlertSent says it.
-- oldest release: 0.1.0
create table message_cost (
    event_id uuid not null,
    network_id uuid not null,
    alert_id uuid not null,
    status text not null,
    sent_at timestamptz not null,
    units bigint not null,
    free_units bigint not null,
    unit_micro_euro bigint not null,
    vat_percent smallint not null,
    total_cents bigint not null,
    primary key (network_id, event_id)
);

create index message_cost_of_network on message_cost (network_id, sent_at desc);

revoke update, delete on message_cost from {app};
