-- The number of the schema under which a document was written; what was written before has the first.
alter table alert add column schema smallint not null default 1;
