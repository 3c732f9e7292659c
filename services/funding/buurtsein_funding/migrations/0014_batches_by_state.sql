-- The few batches of payments that wait for a release, among many that were released.
-- oldest release: 0.1.0
-- squawk-ignore require-concurrent-index-creation
create index payment_batch_by_state on payment_batch (state, batch_id);
