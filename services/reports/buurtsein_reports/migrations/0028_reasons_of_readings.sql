-- Why somebody read a report: as typed, or the usual work with it. Readings of before have none.
-- oldest release: 0.1.0
alter table report_reading add column reason text;
