-- Personal data are encrypted: each person's under a data key, which is encrypted under an installation key.
-- oldest release: 0.1.0
alter table person_vault add column key_id text;
alter table person_vault add column data_key bytea;
alter table person_vault add column data bytea;
alter table person_vault add column data_schema smallint;

-- A row has its name either in `name`, written by the release before and not encrypted yet, or in `data`. The release
-- before writes these columns and never reads them, so that nothing there relies on their values.
-- squawk-ignore ban-drop-not-null
alter table person_vault alter column name drop not null;
-- squawk-ignore ban-drop-not-null
alter table person_vault alter column mobile drop not null;
-- squawk-ignore ban-drop-not-null
alter table person_vault alter column address drop not null;

-- The address of each membership, encrypted under the data key of the person.
create table member_address (
    member_id uuid primary key references member on delete cascade,
    person text not null references person_vault on delete cascade,
    address bytea not null,
    address_schema smallint not null,
    -- An HMAC of the address, by which memberships with the same address are counted.
    digest bytea not null
);
create index member_address_by_person on member_address (person);
create index member_address_by_digest on member_address (digest);
