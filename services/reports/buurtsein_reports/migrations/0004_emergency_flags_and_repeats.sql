-- What the back-office should know of a report at first sight.
alter table report add column flags text[] not null default '{}';

-- How often a question was asked back; `refused` counts what was sent to 101 or 112.
alter table emergency_count add column asked bigint not null default 0, alter column refused set default 0;

-- The keyed digest of each report of the last days: the same one again is no second report. No text is kept here.
create table report_repeat (
    digest bytea primary key,
    report_id uuid not null references report on delete cascade,
    received_at timestamptz not null default now()
);

-- Retention takes the place away with the text.
alter table report alter column latitude drop not null, alter column longitude drop not null;
