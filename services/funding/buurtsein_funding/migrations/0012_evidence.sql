-- The evidence of an application. The files are in a store outside of the database, under their SHA-256; a file may be in
-- several applications. Evidence is never changed; retention deletes it.
-- oldest release: 0.1.0
create table evidence (
    evidence_id uuid primary key,
    application_id uuid not null references application on delete cascade,
    sha256 text not null,
    kind text not null,
    bytes integer not null,
    line integer,
    added_at timestamptz not null,
    unique (application_id, sha256)
);

create index evidence_file on evidence (sha256);

revoke update, delete on evidence from {app};

-- Which evidence of an application was read; null for its account.
alter table account_reading add column evidence_id uuid;
