-- Editions of the categories of reports: proposed by one person, approved by another, in force from a day on. An approved
-- edition never changes, because reports refer to it. The one that the package ships is number 0 and has no row.
-- oldest release: 0.1.0
create table edition (
    kind text not null,
    number integer not null,
    valid_from date not null,
    status text not null,
    base integer not null,
    document jsonb not null,
    why text not null,
    proposed_by text not null,
    proposed_for text not null,
    proposed_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    primary key (kind, number)
);

-- The answers to the questions of the category; the category under which events tell of the report (null for reports of before: the
-- same category); and the edition of the categories by which the report was judged last.
alter table report
    add column answers jsonb not null default '{}',
    add column counts_as text,
    add column categories_edition integer not null default 0;
