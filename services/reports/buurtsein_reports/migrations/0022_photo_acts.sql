-- What clerks did with photos: who made which parts unreadable, approved a photo as it is, or deleted it, and why. The last
-- picture of a photo is the one that others than police and city may see. Nothing is ever changed but by retention.
-- oldest release: 0.1.0
create table photo_act (
    act_id uuid primary key,
    report_id uuid not null references report on delete cascade,
    photo_id uuid not null,
    act text not null,
    sha256 text,
    rectangles jsonb not null,
    reason text,
    actor text not null,
    party text not null,
    at timestamptz not null
);

create index photo_act_of_report on photo_act (report_id, act_id);
create index photo_act_file on photo_act (sha256) where sha256 is not null;

revoke update, delete on photo_act from {app};
grant delete on report_photo to {app};
