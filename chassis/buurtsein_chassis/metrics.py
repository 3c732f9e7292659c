"""Every metric of the chassis, in one place; docs/operations.md tells what each means.

Counters count what this process did. Gauges of tables are refreshed by `table_gauges.py`, the same in every process.
"""

from prometheus_client import Counter, Gauge, Histogram

PUBLISHED = Counter("buurtsein_relay_published_total", "Events that the broker acknowledged.")
FROZEN = Counter("buurtsein_relay_frozen_total", "Streams frozen because the broker refused an event for good.")
OUTBOX_AGE = Gauge("buurtsein_outbox_oldest_seconds", "Age of the oldest event not yet published.")
OUTBOX_PENDING = Gauge("buurtsein_outbox_pending", "Events not yet published, counted up to 100000.")
OUTBOX_FROZEN = Gauge("buurtsein_outbox_frozen_streams", "Streams of which nothing is published until unfrozen.")

APPLIED = Counter("buurtsein_consumer_applied_total", "Events applied.", ["consumer"])
DUPLICATES = Counter(
    "buurtsein_consumer_duplicates_total", "Events dropped because they were applied before.", ["consumer"]
)
PARKED = Counter("buurtsein_consumer_parked_total", "Events parked because an earlier one is missing.", ["consumer"])
DEAD = Counter("buurtsein_consumer_dead_total", "Records put in the dead-letter table.", ["consumer", "reason"])
VIOLATIONS = Counter(
    "buurtsein_contract_violations_total", "Records that the contract does not allow.", ["consumer", "reason"]
)
LAG = Gauge("buurtsein_consumer_lag", "Records behind the end of the topics.", ["consumer"])
PARKED_EVENTS = Gauge("buurtsein_parked_events", "Events waiting for an earlier one.", ["consumer"])
PARKED_AGE = Gauge("buurtsein_parked_oldest_seconds", "How long the oldest parked event has waited.", ["consumer"])
DEAD_OPEN = Gauge("buurtsein_dead_letters_open", "Dead letters that nobody settled.", ["consumer"])
INBOX_ROWS = Gauge("buurtsein_inbox_rows", "Rows in the inbox, as the database estimates.")
LOG_ROWS = Gauge("buurtsein_event_log_rows", "Rows in the event log, as the database estimates.")

PART_UNREADY = Gauge(
    "buurtsein_part_unready_seconds",
    "How long a relay, consumer, job or loop has had work and done none, or has not begun.",
    ["part"],
)
REQUESTS = Histogram("buurtsein_http_request_seconds", "Duration of requests.", ["method", "route", "status"])
ROLELESS = Counter(
    "buurtsein_tokens_without_known_role_total",
    "Good tokens in which no role was found that is known here.",
    ["reason"],
)
STANDBY = Gauge("buurtsein_relay_standby", "1 while this process's relay waits for another one to stop.")

MEASURED_AT = Gauge("buurtsein_measured_timestamp_seconds", "When the gauges of tables were last refreshed.")
RETAINED_AT = Gauge("buurtsein_retention_timestamp_seconds", "When retention was last applied; 0 for never.")
RETAINED_ROWS = Gauge("buurtsein_retention_removed_rows", "Rows that retention has cut so far.", ["bound"])

JOB_SECONDS = Histogram("buurtsein_job_seconds", "Duration of the runs of a job.", ["job_name", "outcome"])
JOB_SUCCEEDED_AT = Gauge(
    "buurtsein_job_last_success_timestamp_seconds", "When a job was last done; 0 for never.", ["job_name"]
)
JOB_FAILURES = Gauge("buurtsein_job_failures_in_a_row", "Failed runs of a job since it was last done.", ["job_name"])
JOB_OVERDUE = Gauge("buurtsein_job_overdue_seconds", "How long a job has been due and nobody does it.", ["job_name"])
