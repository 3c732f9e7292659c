-- oldest release: 0.1.0
-- A report is handled. `version` is the tag that two clerks are compared by. Reports of before get a new term.
-- `on_city_topic` is null while nobody changed the route: then the route itself tells whether the city was told.
alter table report
    add column version integer not null default 1,
    add column language text not null default 'nl',
    add column due_on date not null default current_date + 15,
    add column planned_on date,
    add column forwarded_to text,
    add column closing_reason text,
    add column duplicate_of uuid,
    add column closed_at timestamptz,
    add column on_city_topic boolean;

-- The steps of the handling, and the messages between reporter and clerk; nothing is ever changed but by retention.
create table report_step (
    report_id uuid not null references report on delete cascade,
    number integer not null,
    status text not null,
    at timestamptz not null,
    party text,
    actor text,
    reason text,
    planned_on date,
    forwarded_to text,
    duplicate_of uuid,
    message text,
    note text,
    primary key (report_id, number)
);

revoke update, delete on report_step from {app};
