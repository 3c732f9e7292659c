-- Lists of reports that are too large for one answer: asked for by a clerk, made by a job as a file in the store of photos,
-- and fetched by the same clerk until it expires. The row stays as the record of who asked for what, and fetched it.
-- oldest release: 0.1.0
create table report_export (
    export_id uuid primary key,
    actor text not null,
    only_city boolean not null,
    query jsonb not null,
    format text not null,
    status text not null,
    asked_at timestamptz not null,
    rows integer,
    bytes bigint,
    sha256 text,
    expires_at timestamptz,
    fetches integer not null default 0,
    fetched_at timestamptz
);

create index report_export_waiting on report_export (asked_at) where status = 'waiting';
create index report_export_file on report_export (sha256) where sha256 is not null;
