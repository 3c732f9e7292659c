-- oldest release: 0.1.0
-- That the police told the neighbourhood how an alert ended that a report was behind; the reporter reads it with the status.
create table report_feedback (
    report_id uuid not null references report on delete cascade,
    alert_id uuid not null,
    exercise boolean not null,
    given_at timestamptz not null,
    primary key (report_id, alert_id)
);
