"""Says how rows of payments and accounts are made for the tests of retention, and which tables have no limit."""

KEPT = {
    "payment": "goes with its batch of payments, or with its application",
    "message_cost": "one row for each alert and network, without persons; the support of a year is based on it",
}
GROW = {
    "payment_account": "insert into payment_account (application_id, data, key_id, data_key, given_at)"
    " select gen_random_uuid(), '', 'k', '', {when} from generate_series(1, $1) n",
    "payment_batch": "insert into payment_batch (batch_id, state, version, document, schema, data, key_id, data_key,"
    " prepared_at) select gen_random_uuid(), 'RELEASED', 1, '{{}}', 1, '', 'k', '', {when}"
    " from generate_series(1, $1) n",
    "evidence": "insert into evidence (evidence_id, application_id, sha256, kind, bytes, added_at)"
    " select gen_random_uuid(), gen_random_uuid(), n::text, 'pdf', 1, {when} from generate_series(1, $1) n",
    "account_reading": "insert into account_reading (application_id, reader, role, read_at)"
    " select gen_random_uuid(), 'p', 'finance', {when} from generate_series(1, $1) n",
}
NOT_BLANK = {"payment_batch.data": "data is not null"}
