-- Editions of the alert rules: proposed by one person, approved by another, in force from a day on. The rules of the
-- installation are number 0 and have no row. An approved edition never changes, because judgements name its rules.
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

-- How a report came in; null for reports of before.
alter table incident add column channel text;

-- squawk-ignore require-concurrent-index-creation
create index judgement_failed on judgement (judged_at) where finding = 'rule_failed';
