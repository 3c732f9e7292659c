-- The number of the schema under which a document was written; what was written before has the first.
alter table network add column schema smallint not null default 1;
alter table member add column schema smallint not null default 1;
alter table person_vault add column address_schema smallint not null default 1;
