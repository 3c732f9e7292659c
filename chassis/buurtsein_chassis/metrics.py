"""Defines all metrics that every service has; docs/operations.md explains each.

Counters count what this process did. The gauges of database tables have the same values in every process of a service;
`table_gauges.py` refreshes them.
"""

from prometheus_client import Counter, Gauge, Histogram

from buurtsein_contracts import Unreadable

BUILD = Gauge("buurtsein_build_info", "Always 1; the label has the release of the process.", ["release"])

PUBLISHED = Counter("buurtsein_relay_published_total", "Events that the broker acknowledged.")
FROZEN = Counter("buurtsein_relay_frozen_total", "Streams frozen because the broker refused an event for good.")
OUTBOX_AGE = Gauge("buurtsein_outbox_oldest_seconds", "Age of the oldest event not yet published.")
OUTBOX_PENDING = Gauge("buurtsein_outbox_pending", "Events not yet published, counted up to 100000.")
OUTBOX_FROZEN = Gauge(
    "buurtsein_outbox_frozen_streams", "Streams whose events are not published until an operator unfreezes them."
)

APPLIED = Counter("buurtsein_consumer_applied_total", "Events that a consumer applied.", ["consumer"])
DUPLICATES = Counter(
    "buurtsein_consumer_duplicates_total", "Events dropped because they were applied before.", ["consumer"]
)
PARKED = Counter("buurtsein_consumer_parked_total", "Events parked because an earlier one is missing.", ["consumer"])
DEAD = Counter("buurtsein_consumer_dead_total", "Records put in the dead-letter table.", ["consumer", "reason"])
VIOLATIONS = Counter(
    "buurtsein_contract_violations_total", "Records that the contract does not allow.", ["consumer", "reason"]
)
LAG = Gauge("buurtsein_consumer_lag", "Records that a consumer lags behind the end of its topics.", ["consumer"])
PARKED_EVENTS = Gauge("buurtsein_parked_events", "Events waiting for an earlier one.", ["consumer"])
PARKED_AGE = Gauge("buurtsein_parked_oldest_seconds", "How long the oldest parked event has waited.", ["consumer"])
DEAD_OPEN = Gauge("buurtsein_dead_letters_open", "Dead letters that are neither redriven nor discarded.", ["consumer"])
INBOX_ROWS = Gauge("buurtsein_inbox_rows", "Rows in the inbox, as the database estimates.")
LOG_ROWS = Gauge("buurtsein_event_log_rows", "Rows in the event log, as the database estimates.")

PART_UNREADY = Gauge(
    "buurtsein_part_unready_seconds",
    "Seconds for which a relay, consumer, job or loop had work without progress, or did not begin.",
    ["part"],
)
REQUESTS = Histogram("buurtsein_http_request_seconds", "Duration of requests.", ["method", "route", "status"])
ROLELESS = Counter(
    "buurtsein_tokens_without_known_role_total",
    "Valid tokens without a role that this service knows.",
    ["reason"],
)
STANDBY = Gauge("buurtsein_relay_standby", "1 while this process's relay waits for another one to stop.")

MEASURED_AT = Gauge("buurtsein_measured_timestamp_seconds", "When the gauges of tables were last refreshed.")
RETAINED_AT = Gauge("buurtsein_retention_timestamp_seconds", "When retention was last applied; 0 for never.")
RETAINED_ROWS = Gauge(
    "buurtsein_retention_removed_rows", "Rows that retention has deleted or emptied so far.", ["bound"]
)

JOB_SECONDS = Histogram("buurtsein_job_seconds", "Duration of the runs of a job.", ["job_name", "outcome"])
JOB_SUCCEEDED_AT = Gauge(
    "buurtsein_job_last_success_timestamp_seconds", "When a job last succeeded; 0 for never.", ["job_name"]
)
JOB_FAILURES = Gauge("buurtsein_job_failures_in_a_row", "Failed runs of a job since it last succeeded.", ["job_name"])
JOB_OVERDUE = Gauge(
    "buurtsein_job_overdue_seconds", "Seconds for which a job has been due and not begun.", ["job_name"]
)


def begin_violations(consumer: str) -> None:
    """Set a consumer's counters of contract violations to 0; a counter that first appears at 1 triggers no alarm."""
    for kind in Unreadable.__subclasses__():
        VIOLATIONS.labels(consumer, kind.code)
