-- Projected from bin.members: how the members of each network get messages, without anybody's name.
-- oldest release: 0.1.0
create table network_members (
    network_id uuid primary key,
    schema smallint not null default 1,
    document jsonb not null
);
alter table alert add column free_units integer not null default 0;
-- squawk-ignore require-concurrent-index-creation
create index alert_with_free_units on alert (sent_at) include (free_units) where free_units > 0;
