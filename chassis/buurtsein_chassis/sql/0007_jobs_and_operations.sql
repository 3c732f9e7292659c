-- Scheduled work: one row for each job. A worker takes a due job by its lease, so one worker does it at a time.
-- Times are those of the database. A failure is told by its class and place in the code, never by its message.
create table job_run (
    job text primary key,
    next_run_at timestamptz not null,
    lease_token uuid,
    lease_until timestamptz,
    last_started_at timestamptz,
    last_ended_at timestamptz,
    last_succeeded_at timestamptz,
    last_failed_at timestamptz,
    last_failure text,
    last_outcome text check (last_outcome in ('done', 'failed')),
    runs bigint not null default 0,
    failures bigint not null default 0,
    failures_in_a_row integer not null default 0,
    check ((lease_token is null) = (lease_until is null))
);

revoke delete on job_run from {app};

-- Operators work through the service, which writes down each act and can neither read nor change what was written.
grant insert on operator_action to {app};
-- Unfreezing a stream moves its rows back to the outbox.
grant delete on outbox_frozen to {app};
