-- Erasures that wait, because the person is still a member or coordinator; the row goes with the erasure.
-- oldest release: 0.1.0
create table erasure_request (
    person text primary key,
    reason text not null,
    official text,
    requested_at timestamptz not null,
    due_on date not null
);
