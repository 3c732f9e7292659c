-- Until when the body to which a report is forwarded should answer. A report that was forwarded before has no such day.
-- oldest release: 0.1.0
alter table report add column answer_by date;
alter table report_step add column answer_by date;

-- squawk-ignore require-concurrent-index-creation
create index report_by_answer on report (answer_by, report_id) where status = 'FORWARDED';
