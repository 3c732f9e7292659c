-- How often each duty contact was told that a proposed alert waits. `contact` is the name of a function, never of a person.
-- oldest release: 0.1.0
create table duty_call (
    alert_id uuid not null references alert on delete cascade,
    contact text not null,
    number integer not null default 0,
    failures integer not null default 0,
    called_at timestamptz not null,
    primary key (alert_id, contact)
);
