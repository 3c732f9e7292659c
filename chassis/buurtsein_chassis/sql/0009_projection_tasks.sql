-- What an operator asked of a projection last (rebuild it, verify it), and how that stands. A worker does it.
alter table projection
    add column task text check (task in ('rebuild', 'verify')),
    add column task_id uuid,
    add column task_state text check (task_state in ('asked', 'running', 'done', 'failed', 'stopped')),
    add column keep_incomplete boolean not null default false,
    add column asked_at timestamptz,
    add column ended_at timestamptz,
    add column records_read bigint not null default 0,
    add column records_of bigint not null default 0,
    add column outcome jsonb;

-- A rebuild makes the rows in temporary tables first. Where the owner of the tables is not the owner of the database,
-- the owner of the database has to grant this: grant temporary on database NAME to SERVICE_app.
do $$
begin
    execute format('grant temporary on database %I to {app}', current_database());
exception when insufficient_privilege then
    raise warning 'grant temporary on this database to {app} by hand: projections cannot be rebuilt without';
end
$$;
