-- Indexes for the list of reports: by moment, term, status, category, network, route and place. A report knows its steps'
-- version, so the list needs no other table.
-- oldest release: 0.1.0
-- squawk-ignore require-concurrent-index-creation
create index report_by_term on report (due_on, report_id) where status not in ('RESOLVED', 'REJECTED', 'DUPLICATE');
-- squawk-ignore require-concurrent-index-creation
create index report_by_moment on report (reported_at, report_id);
-- squawk-ignore require-concurrent-index-creation
create index report_by_status on report (status, report_id);
-- squawk-ignore require-concurrent-index-creation
create index report_by_category on report (category, report_id);
-- squawk-ignore require-concurrent-index-creation
create index report_of_network on report (network_id, report_id);
-- squawk-ignore require-concurrent-index-creation
create index report_by_place on report using gist (point(longitude, latitude));
-- squawk-ignore require-concurrent-index-creation
create index report_by_reference on report (reference text_pattern_ops);
-- squawk-ignore require-concurrent-index-creation
create index report_duplicates on report (duplicate_of) where duplicate_of is not null;
