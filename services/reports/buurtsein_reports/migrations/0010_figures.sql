-- How many reports came in each month, by category and by network; counted again by a job, and shown to everybody without
-- the small counts. No row tells of a person by itself, but a count can: only the view decides what is shown.
-- oldest release: 0.1.0
create table monthly_figure (
    kind text not null,
    month date not null,
    subject text not null,
    received bigint not null,
    answered bigint not null,
    closed bigint not null,
    median_days double precision,
    within_term bigint not null,
    primary key (kind, month, subject)
);
