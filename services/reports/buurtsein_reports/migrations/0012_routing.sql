-- Which unit handles a report, by which rule of which edition of the routing, and who works on it. Reports of before there were
-- units have none until somebody judges or assigns them.
-- oldest release: 0.1.0
alter table report
    add column unit text,
    add column unit_rule text,
    add column unit_why text,
    add column routing_edition integer not null default 0,
    add column assignee text;

alter table report_step add column unit text, add column assignee text;

-- squawk-ignore require-concurrent-index-creation
create index report_of_unit on report (unit, report_id);
-- squawk-ignore require-concurrent-index-creation
create index report_of_assignee on report (assignee, report_id) where assignee is not null;
