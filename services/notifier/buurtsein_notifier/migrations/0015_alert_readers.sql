-- Who read an alert, and when first and last.
-- oldest release: 0.1.0
create table alert_reader (
    alert_id uuid not null references alert on delete cascade,
    reader text not null,
    first_read_at timestamptz not null default now(),
    last_read_at timestamptz not null default now(),
    primary key (alert_id, reader)
);
