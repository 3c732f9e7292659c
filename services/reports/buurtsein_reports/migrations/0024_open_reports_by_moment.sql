-- Clients of Open311 ask for the open reports of 90 days, which are few among all of that time.
-- oldest release: 0.1.0
-- squawk-ignore require-concurrent-index-creation
create index report_open_by_moment on report (reported_at, report_id)
    where status not in ('RESOLVED', 'REJECTED', 'DUPLICATE');
