-- Words of the text, the order of the most severe open reports first, and the filters that clerks save for themselves.
-- oldest release: 0.1.0
-- squawk-ignore require-concurrent-index-creation
create index report_by_words on report using gin (to_tsvector('simple', text));
-- squawk-ignore require-concurrent-index-creation
create index report_by_severity on report (
    array_position(array['Extreme', 'Severe', 'Moderate', 'Minor'], severity), report_id
) where status not in ('RESOLVED', 'REJECTED', 'DUPLICATE');

create table saved_filter (
    owner text not null,
    name text not null,
    query jsonb not null,
    saved_at timestamptz not null,
    primary key (owner, name)
);
