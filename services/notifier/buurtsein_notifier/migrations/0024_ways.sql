-- The adapters that are tried after this one, in order, and since when this one is tried.
-- oldest release: 0.1.0
alter table delivery add column ways text[] not null default '{}';
alter table delivery add column way_since timestamptz not null default now();
