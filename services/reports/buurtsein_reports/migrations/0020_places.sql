-- A report can name an address, which the source of official addresses knows by its id, or describe its place: then the
-- point is that of a neighbourhood, and the place is within so many metres of it.
-- oldest release: 0.1.0
alter table report
    add column box text,
    add column address_id text,
    add column place_description text,
    add column neighbourhood text,
    add column within_metres integer;
