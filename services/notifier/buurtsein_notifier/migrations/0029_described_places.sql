-- Whether the place of a report was pointed out, and not only described, so that a trial of rules judges it as it was.
-- The release before does not know the column.
-- oldest release: 0.1.0
alter table incident add column has_exact_place boolean not null default true;
update incident set has_exact_place = false from judgement
where judgement.report_id = incident.report_id and judgement.finding = 'vague_place';
