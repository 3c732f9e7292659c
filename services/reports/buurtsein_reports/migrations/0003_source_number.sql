-- The record of another system that a report was made from. The number belongs to the report for ever: this index is what
-- keeps an export from being taken twice, whoever imports it and however long after.
alter table report add column source_system text, add column source_number text;
create unique index report_source_key on report (source_system, source_number);
