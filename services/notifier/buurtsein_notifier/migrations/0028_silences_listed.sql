-- Lists silences by their beginning, a page at a time.
-- without a transaction
-- oldest release: 0.1.0
create index concurrently if not exists silence_by_begin on silence (begins_at, silence_id);
