-- A team asks for its open reports, the oldest first; there are few among all that it ever had.
-- oldest release: 0.1.0
-- squawk-ignore require-concurrent-index-creation
create index report_open_of_unit on report (unit, reported_at, report_id)
    where status not in ('RESOLVED', 'REJECTED', 'DUPLICATE');
