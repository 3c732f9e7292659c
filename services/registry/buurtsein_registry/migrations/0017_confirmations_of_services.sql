-- A confirmation that a service sent by an event has nobody in `confirmed_by`; the release before never reads the column.
-- oldest release: 0.1.0
-- squawk-ignore ban-drop-not-null
alter table erasure_confirmation alter column confirmed_by drop not null;
