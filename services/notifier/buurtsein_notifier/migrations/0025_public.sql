-- Messages for everybody, which the public feed lists.
-- oldest release: 0.1.0
alter table delivery add column is_public boolean not null default false;
-- squawk-ignore require-concurrent-index-creation
create index delivery_public on delivery (finished_at) where is_public;
