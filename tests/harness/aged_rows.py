"""Says how old rows of each table are made for the tests of retention, and which tables have no time limit."""

KEPT = {
    "payment": "goes with its batch of payments, or with its application",
    "message_cost": "one row for each alert and network, without persons; the support of a year is based on it",
    "monthly_figure": "counts by month without persons; the job that makes them replaces them",
    "schema_migration": "one row for each migration",
    "retention_run": "one row for each bound",
    "event_stream": "one row for each stream: it draws the next version",
    "stream_position": "one row for each stream and consumer: it keeps an old event from being applied again",
    "outbox_pending": "emptied by the relay; an alarm tells when it is not",
    "outbox_frozen": "emptied by an operator; an alarm tells",
    "parked": "emptied by the consumer or an operator; an alarm tells",
    "edition": "one row for each change of categories, routing or alert rules; reports and judgements name it",
    "known_network": "one row for each network",
    "network_members": "one row for each network",
    "receipt": "one row for each message, network and channel; goes with its delivery",
    "adapter_state": "one row for each adapter",
    "projection": "one row for each projection",
    "recovered_event": "one row for each event that was taken back after a restore",
    "job_run": "one row for each job",
    "alert_fact": "goes with its alert",
    "alert_reader": "one row for each alert and reader; goes with its alert",
    "alert_step": "goes with its alert",
    "duty_call": "goes with its alert",
    "contact_failure": "goes with its membership",
    "erasure_confirmation": "one row for each erasure and consumer, as long as the erasure is in the log, for ever",
    "erasure_request": "goes with the erasure, at most thirty days later unless the person coordinates a network",
    "imported_row": "one row for each row of a list, without personal data, so that no later import enters it again",
    "public_contact": "one row at most for each coordinator of a network; goes with the office",
    "person_likeness": "goes with the data of its person",
    "member_address": "goes with the data of its person",
}
"""The tables without a time limit, each with the reason why it cannot grow without end."""

N = " from generate_series(1, $1) n"
LOG = """insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at, data)
    select gen_random_uuid(), $2, n::text, 1, 't', 's', 's', 'd', {when}, '{{}}' from generate_series(1, $1) n"""
GROW: dict[str, str] = {
    "payment_account": "insert into payment_account (application_id, data, key_id, data_key, given_at)"
    " select gen_random_uuid(), '', 'k', '', {when} from generate_series(1, $1) n",
    "payment_batch": "insert into payment_batch (batch_id, state, version, document, schema, data, key_id, data_key,"
    " prepared_at) select gen_random_uuid(), 'RELEASED', 1, '{{}}', 1, '', 'k', '', {when}"
    " from generate_series(1, $1) n",
    "evidence": "insert into evidence (evidence_id, application_id, sha256, kind, bytes, added_at)"
    " select gen_random_uuid(), gen_random_uuid(), n::text, 'pdf', 1, {when} from generate_series(1, $1) n",
    "account_reading": "insert into account_reading (application_id, reader, role, read_at)"
    " select gen_random_uuid(), 'p', 'finance', {when} from generate_series(1, $1) n",
    "inbox": "insert into inbox select 'c', gen_random_uuid(), {when} from generate_series(1, $1) n",
    "idempotency": "insert into idempotency (client, route, key, request_sha256, created_at)"
    " select 'c', 'r', n::text, 'h', {when} from generate_series(1, $1) n",
    "dead_letter": """insert into dead_letter (consumer, topic, partition, "offset", reason, fingerprint, detail,
        headers, state, settled_at)
        select 'c', 't', 0, n, 'r', 'f', 'd', '[]', 'discarded', {when} from generate_series(1, $1) n""",
    "task": "insert into task (task_id, kind, network_id, due_on, opened_at, done_at) select gen_random_uuid(),"
    " 'inform_fod', gen_random_uuid(), current_date, now(), {when} from generate_series(1, $1) n",
    "vault_read": "insert into vault_read (person, reader, role, read_at) select 'p', 'r', 'officer', {when}" + N,
    "operator_action": "insert into operator_action (who, verb, target, done_at) select 'w', 'v', '{{}}', {when}" + N,
    "report_reading": "insert into report_reading (report_id, reader, role, read_at)"
    " select gen_random_uuid(), 'p', 'officer', {when} from generate_series(1, $1) n",
    "photo_act": "insert into photo_act select gen_random_uuid(), report_id, gen_random_uuid(), 'approved', 'x', '[]',"
    " null, 'p', 'city', reported_at from report limit $1",
    "earlier_place": "insert into earlier_place (report_id, number, latitude, longitude)"
    " select report_id, 2, 51, 4 from report limit $1",
    "report_export": "insert into report_export select gen_random_uuid(), 'p', true, '{{}}', 'x', 'x', {when}" + N,
    "saved_filter": "insert into saved_filter select 'p', n::text, '{{}}', {when}" + N,
    "emergency_count": "insert into emergency_count select {when}::date, n::text, 1 from generate_series(1, $1) n",
    "incident": "insert into incident (report_id, category, severity, longitude, latitude, happened_at)"
    " select gen_random_uuid(), 'noise', 'LOW', 4, 51, {when} from generate_series(1, $1) n",
    "fact": "insert into fact (fact_id, category, severity, longitude, latitude, happened_at)"
    " select gen_random_uuid(), 'noise', 'LOW', 4, 51, {when} from generate_series(1, $1) n",
    "judgement": "insert into judgement (report_id, rule, finding, worthy, why, judged_at)"
    " select gen_random_uuid(), n::text, 'f', false, 'w', {when} from generate_series(1, $1) n",
    "alert": "insert into alert select gen_random_uuid(), 'r', '{{}}', 'SENT', {when}, {when}, 1, '{{}}'"
    " from generate_series(1, $1) n",
    "silence": "insert into silence (silence_id, rule, reason, author, begins_at, ends_at)"
    " select gen_random_uuid(), 'r', 'w', 'p', {when}, {when} from generate_series(1, $1) n",
    "campaign_run": "insert into campaign_run select n::text, {when}::date, {when} from generate_series(1, $1) n",
    "held_fact": "insert into held_fact (rule, fact_id, network_ids, reason, held_at)"
    " select 'r', gen_random_uuid(), '{{}}', 'rule', {when} from generate_series(1, $1) n",
    "switch": "insert into switch (name, is_on, reason, actor, changed_at)"
    " select 'deliveries', false, 'r', 'p', {when} from generate_series(1, $1) n",
    "delivery": "insert into delivery (delivery_id, alert_id, cap_identifier, adapter, xml, priority, state,"
    " expires_at, finished_at) select gen_random_uuid(), gen_random_uuid(), n::text, 'a', 'x', 0,"
    " 'sent', {when}, {when} from generate_series(1, $1) n",
    "report": "insert into report select gen_random_uuid(), n::text, n::text::bytea, 'noise', 'LOW', '{{}}', 'WEB',"
    " 'RECEIVED', 'woorden', now(), null, 51, 4, '9300', 'straat', '1', null, {when} from generate_series(1, $1) n",
    "report_step": "insert into report_step (report_id, number, status, at, actor, message)"
    " select report_id, 2, 'TRIAGED', reported_at, 'p', 'woorden' from report limit $1",
    "application": "insert into application (application_id, network_id, year, scheme_id, requester, state, version,"
    " document, changed_at) select gen_random_uuid(), gen_random_uuid(), 2026, 's', 'p', 'GRANTED', 1,"
    " jsonb_build_object('requester', 'p', 'writers', array['p'], 'decision',"
    " jsonb_build_object('decided_at', {when})), {when} from generate_series(1, $1) n",
    "report_feedback": "insert into report_feedback select report_id, gen_random_uuid(), false, reported_at"
    " from report limit $1",
    "report_photo": "insert into report_photo select gen_random_uuid(), report_id, reference, 1, 1, 1, reported_at"
    " from report limit $1",
    "enquiry": "insert into enquiry (enquiry_id, network_id, sent_at, consent_version, status, closed_at, version,"
    " data, data_schema, key_id, data_key) select gen_random_uuid(), gen_random_uuid(), {when}, '2026-1', 'OPEN', null,"
    " 1, '', 1, 'k', '' from generate_series(1, $1) n",
    "report_repeat": "insert into report_repeat select n::text::bytea, gen_random_uuid(), {when}" + N,
    "person_vault": "insert into person_vault (person, name, mobile, address, updated_at)"
    " select 'p' || lpad(n::text, 32, '0'), 'naam', '+32470123456', '{{}}', {when} from generate_series(1, $1) n",
    "erasure": "insert into erasure (erased_at, reason) select {when}, 'requested' from generate_series(1, $1) n",
    "member": "insert into member (member_id, network_id, person, status, document, left_at)"
    " select gen_random_uuid(), gen_random_uuid(), n::text, 'LEFT', '{{}}', {when} from generate_series(1, $1) n",
    "network": "insert into network (network_id, code, kind, state, name, version, document, updated_at)"
    " select gen_random_uuid(), n::text, 'BIN', 'DRAFT', 'naam', 1, '{{}}', {when} from generate_series(1, $1) n",
    "reporter": "insert into reporter select report_id, 'naam', null, null, 'nl' from report limit $1",
}
"""SQL that inserts `$1` rows with the time `{when}`: the first ones are old, the others new."""
NOT_BLANK = {
    "payment_batch.data": "data is not null",
    "report.text": "text <> ''",
    "report_step.text": "message is not null",
    "application.requester": "'p' in (requester, document ->> 'requester') or document -> 'writers' ? 'p'",
}
"""The condition for rows that a limit has not emptied yet, for each limit that empties rows."""
