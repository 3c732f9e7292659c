"""Every metric of the chassis, in one place; names are documented in docs/operations.md."""

from prometheus_client import Counter, Gauge, Histogram

PUBLISHED = Counter("buurtsein_relay_published_total", "Events that the broker acknowledged.")
FROZEN = Counter("buurtsein_relay_frozen_total", "Streams frozen because the broker refused an event for good.")
OUTBOX_AGE = Gauge("buurtsein_outbox_oldest_seconds", "Age of the oldest event not yet published.")

APPLIED = Counter("buurtsein_consumer_applied_total", "Events applied.", ["consumer"])
DUPLICATES = Counter(
    "buurtsein_consumer_duplicates_total", "Events dropped because they were applied before.", ["consumer"]
)
PARKED = Counter("buurtsein_consumer_parked_total", "Events parked because an earlier one is missing.", ["consumer"])
DEAD = Counter("buurtsein_consumer_dead_total", "Records put in the dead-letter table.", ["consumer", "reason"])
LAG = Gauge("buurtsein_consumer_lag", "Records behind the end of the topics.", ["consumer"])

REQUESTS = Histogram("buurtsein_http_request_seconds", "Duration of requests.", ["method", "route", "status"])
