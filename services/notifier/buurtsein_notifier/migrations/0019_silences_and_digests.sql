-- Silences, and the facts that wait for a digest because a budget, too many alerts or their rule held them.
-- oldest release: 0.1.0
create table silence (
    silence_id uuid primary key,
    rule text,
    category text,
    network_id uuid,
    reason text not null,
    author text not null,
    begins_at timestamptz not null,
    ends_at timestamptz not null,
    ended_by text,
    ended_at timestamptz
);
create index silence_by_end on silence (ends_at);

create table held_fact (
    rule text not null,
    fact_id uuid not null,
    network_ids uuid[] not null,
    reason text not null,
    held_at timestamptz not null default now(),
    primary key (rule, fact_id)
);
