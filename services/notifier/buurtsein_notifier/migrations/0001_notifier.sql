-- Projected from bin.networks.
create table known_network (
    network_id uuid primary key,
    document jsonb not null
);

-- Projected from bin.incidents: what rules need of a report, no more.
create table incident (
    report_id uuid primary key,
    category text not null,
    severity text not null,
    longitude double precision not null,
    latitude double precision not null,
    happened_from timestamptz not null,
    network_id uuid
);

create index incident_similar on incident (category, happened_from);

create table judgement (
    report_id uuid not null references incident,
    rule text,
    finding text not null,
    worthy boolean not null,
    why text not null,
    alert_id uuid,
    judged_at timestamptz not null default now(),
    unique nulls not distinct (report_id, rule)
);

create index judgement_without_network on judgement (report_id) where finding = 'no_network';

create table alert (
    alert_id uuid primary key,
    rule text not null,
    network_ids uuid[] not null,
    state text not null,
    proposed_at timestamptz not null,
    expires_at timestamptz not null,
    version integer not null,
    document jsonb not null
);

create index alert_by_state on alert (state, alert_id);
create index alert_by_rule on alert (rule, proposed_at);

-- One delivery for each CAP message; `find_first` says that the peer may already have it.
create table delivery (
    delivery_id uuid primary key,
    alert_id uuid not null references alert,
    cap_identifier text not null unique,
    adapter text not null,
    xml text not null,
    priority smallint not null,
    state text not null default 'ready' check (state in ('ready', 'leased', 'sent', 'failed', 'expired', 'unknown')),
    run_at timestamptz not null default now(),
    expires_at timestamptz not null,
    attempts integer not null default 0,
    find_first boolean not null default false,
    lease_token uuid,
    lease_until timestamptz,
    reference text,
    reason text,
    correlation_id text,
    traceparent text,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    check ((state = 'leased') = (lease_token is not null and lease_until is not null))
);

create index delivery_due on delivery (priority, run_at) where state in ('ready', 'leased');
create index delivery_by_alert on delivery (alert_id);

create table switch (
    name text primary key,
    is_on boolean not null,
    reason text not null,
    actor text not null,
    changed_at timestamptz not null default now()
);
