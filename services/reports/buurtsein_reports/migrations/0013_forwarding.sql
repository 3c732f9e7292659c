-- A body to which a report was forwarded answers once, with a token that is made of the report's id and the version in which it was
-- forwarded. The token itself is not stored.
-- oldest release: 0.1.0
alter table report add column forwarding integer;
alter table report_step add column answer text;
