-- The places that reports had before a clerk gave them another one; `number` is the step that did. Nothing is ever changed, and
-- retention deletes the rows with the text of the report.
-- oldest release: 0.1.0
create table earlier_place (
    report_id uuid not null references report on delete cascade,
    number integer not null,
    street text,
    house_number text,
    box text,
    address_id text,
    place_description text,
    neighbourhood text,
    latitude double precision not null,
    longitude double precision not null,
    postcode text,
    within_metres integer,
    network_id uuid,
    primary key (report_id, number)
);

revoke update, delete on earlier_place from {app};
