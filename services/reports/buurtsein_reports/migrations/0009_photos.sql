-- oldest release: 0.1.0
-- The photos of a report. The files are in a store outside of the database, under their SHA-256; a file may be in several
-- reports. A photo is never changed; retention deletes it with the text of its report.
create table report_photo (
    photo_id uuid primary key,
    report_id uuid not null references report on delete cascade,
    sha256 text not null,
    width integer not null,
    height integer not null,
    bytes integer not null,
    added_at timestamptz not null,
    unique (report_id, sha256)
);

create index report_photo_file on report_photo (sha256);

revoke update, delete on report_photo from {app};

-- Which photo of the report was read; null for its text.
alter table report_reading add column photo_id uuid;
