-- The steps of an alert, each linked to the one before by a hash; `content` is what a release binds from that step on.
-- oldest release: 0.1.0
create table alert_step (
    alert_id uuid not null references alert on delete cascade,
    number integer not null,
    kind text not null,
    at timestamptz not null,
    actor text,
    why text,
    tag text,
    content text,
    previous text not null,
    digest text not null,
    primary key (alert_id, number)
);
