"""Defines the constants of the capacity model, each with its source: a measurement, or a reason to assume it.

Invariant: no other module of the model has a number of its own.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A constant of the capacity model with its unit and its source."""

    value: float
    unit: str
    source: str
    """`measured: WHERE` or `assumed: WHY`."""
    bar: str = ""
    """The bar of `make bench` whose own measurement it is."""
    per_second: bool = True
    """Whether the bar counts operations per second; else microseconds for each."""


def _bench(value: float, unit: str, bar: str, *, per_second: bool = True) -> Known:
    return Known(value, unit, "measured: make bench, docs/performance.md", bar, per_second)


def _measured(value: float, unit: str) -> Known:
    return Known(
        value, unit, "measured: make rehearse-restore REHEARSE_ARGS='--events 150', tables with indexes divided by rows"
    )


def _assumed(value: float, unit: str, why: str) -> Known:
    return Known(value, unit, f"assumed: {why}")


COMMANDS = _bench(1_294, "commands/s of one API process", "POST with commit / no-op POST")
RELAY = _bench(23_882, "events/s of one relay", "relay / faststream-outbox")
ONE_BY_ONE = _bench(4_197, "events/s of one consumer", "consumer one by one / plain FastStream subscriber")
JUDGING = _bench(
    10_344, "µs for each report that is judged", "judging hot spot: a report after 5,000 / 100", per_second=False
)
ROWS = Known(1_000_000, "rows of a table, the most that were tried", "measured: make bench (growth), fault 35")
PROCESS = Known(141, "MB of a process, the largest", "measured: docs/containers.md, images of the services")
POSTGRES = Known(1, "GB of memory of one PostgreSQL", "assumed: the limit in deploy/kubernetes")
BROKER = Known(1, "GB of memory of one broker", "assumed: its heap and the page cache; a nearly empty one takes 0.2")

LOGGED = _measured(1_176, "bytes of an event in the log")
RECORD = _measured(1_126, "bytes of a record on a topic")
REPORT = _measured(850, "bytes of a report with its digest; a reporter is not in it")
JUDGED = _measured(596, "bytes of a report at the notifier, with its judgement")
MEMBER = _measured(2_020, "bytes of a member with the row in the vault")
STREAM = _measured(272, "bytes of the row of a stream, which stays")
POSITION = _measured(298, "bytes of a consumer's position in a stream, which stays")
INBOX = _measured(243, "bytes of an applied event in the inbox of one consumer")
ANSWER = _assumed(
    1_500, "bytes of a stored answer to an Idempotency-Key", "the answer to a report, its hash and an index"
)
WAL = _measured(2_955, "bytes of WAL for an event, with all that follows from it")
NETWORK_EVENT = Known(20_000, "bytes of a network event", "assumed: an area of 500 points, the most that is allowed")

PEAK = _assumed(100, "x the average, the busiest minute of a year", "a storm or a blackout, when everybody reports")
HEADROOM = _assumed(0.5, "of what was measured, used at most", "other work on the same cores, slower machines")
READS = _assumed(
    10, "requests that read, for each command", "lists and files of back-offices; each counts as a command"
)
STEPS = _assumed(4, "events about a report", "reported, triaged, updated, resolved; today only the first exists")
CITY = _assumed(0.7, "of the reports go to the city too", "litter and the public domain are most reports")
ALERTS = _assumed(0.02, "alerts for each report", "a rule needs several reports, or a rare category")
ALERT_EVENTS = _assumed(4, "events about an alert", "proposed, released, sent, feedback")
TURNOVER = _assumed(0.15, "of the members join, and as many leave, in a year", "people move every seven years")
NETWORK_EVENTS = _assumed(6, "events about a network in a year", "a coordinator, an amended area, a suspension")
FUNDING_EVENTS = _assumed(3, "events about support for a network in a year", "requested, decided, paid")
YEARS = _assumed(5, "years of use", "the longest retention of text, 1,826 days")
DECISIONS = _assumed(30, "alerts that one desk can decide in an hour", "two minutes each")
IN_AN_HOUR = _assumed(0.1, "of the busiest minute's rate, over its hour", "a storm lasts, with less each minute")
NODE = _assumed(8, "GB of memory of a node", "with four cores, the usual small size")
USABLE = _assumed(0.6, "of the memory of a node", "the rest is the system, and the load of a node that failed")


def constants() -> dict[str, Known]:
    """Return all constants of the capacity model by name."""
    return {name: one for name, one in globals().items() if isinstance(one, Known)}
