"""Computes what an installation needs for a given size, and which part reaches its limit first.

Invariant: everything follows from a place, the catalogue of topics, the manifests, and the constants of `known.py`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from buurtsein_chassis.manifest import readers_of, service_names
from buurtsein_contracts.topics import (
    ALERTS,
    CITY_INCIDENTS,
    FUNDING,
    INCIDENTS,
    MEMBERS,
    NETWORKS,
    TOPICS,
    Topic,
)
from buurtsein_operate.kubernetes.postgres import POOL, RELAY_CONNECTIONS, RESERVE
from capacity import known

SECONDS = 365 * 86_400
DAYS = 365
LOG_GRACE_DAYS = 30
INBOX_DAYS, ANSWER_DAYS = 14, 7
FEWEST = 2
"""The processes of each role that a zone of availability may take away without an interruption: one of two."""
GB = 1e9


@dataclass(frozen=True, slots=True)
class Place:
    """The size of an installation: its networks, members, reports per year, and police desks."""

    name: str
    networks: int
    members: int
    reports: int
    """In a year."""
    desks: int
    """Desks of police where alerts are decided at the same time."""


CITY = Place("a city", networks=40, members=6_000, reports=20_000, desks=1)
PROVINCE = Place("a province", networks=400, members=100_000, reports=300_000, desks=25)
BELGIUM = Place("Belgium", networks=1_500, members=250_000, reports=1_000_000, desks=180)
PLACES = (CITY, PROVINCE, BELGIUM)


@dataclass(frozen=True, slots=True)
class Limit:
    """A part of the system with its maximum load, and its load in the busiest minute."""

    what: str
    bears: float
    needs: float
    remedy: str

    @property
    def multiple(self) -> float:
        """Return the maximum load divided by the needed load; below 1, the part is too small."""
        return self.bears / self.needs


def events(place: Place) -> Mapping[Topic, float]:
    """Return how many events each topic gets in a year."""
    reported = place.reports * known.STEPS.value
    return dict.fromkeys(TOPICS, 0.0) | {
        INCIDENTS: reported,
        CITY_INCIDENTS: reported * known.CITY.value,
        ALERTS: place.reports * known.ALERTS.value * known.ALERT_EVENTS.value,
        MEMBERS: place.members * known.TURNOVER.value * 2,
        NETWORKS: place.networks * known.NETWORK_EVENTS.value,
        FUNDING: place.networks * known.FUNDING_EVENTS.value,
    }


def kept_years(days: int | None, years: float) -> float:
    """Return for how many years events are stored after `years` of use; `days` is the retention (None: for ever)."""
    return years if days is None else min(days / DAYS, years)


def peak(place: Place) -> float:
    """Return the commands per second in the busiest minute; only commands about reports count."""
    return place.reports * known.STEPS.value / SECONDS * known.PEAK.value


def postgres_bytes(place: Place, years: float) -> Mapping[str, float]:
    """Return the bytes of each kind of row in all databases, after `years` years of use."""
    yearly = events(place)
    reports, commands = place.reports, place.reports * known.STEPS.value
    applied = sum(number * len(readers_of(topic)) for topic, number in yearly.items())
    return {
        "event logs": sum(
            number * _size(topic, known.LOGGED.value) * kept_years(_log_days(topic), years)
            for topic, number in yearly.items()
        ),
        "reports": reports * known.REPORT.value * years,
        "streams and positions": reports * years * _of_a_stream(),
        "judgements": reports * known.JUDGED.value * min(years, 1),
        "members": place.members * (1 + known.TURNOVER.value * years) * known.MEMBER.value,
        "networks, in four services": place.networks * known.NETWORK_EVENT.value * len(service_names()),
        "inboxes": applied * known.INBOX.value * INBOX_DAYS / DAYS,
        "stored answers": commands * known.ANSWER.value * ANSWER_DAYS / DAYS,
    }


def _of_a_stream() -> float:
    """Return how many bytes one report still uses in the tables of stream positions after its events were deleted.

    They are in the database of the reports service and in that of each consumer.
    """
    streams = known.STREAM.value * (1 + known.CITY.value)
    return streams + known.POSITION.value * len(readers_of(INCIDENTS))


def kafka_bytes(place: Place, years: float) -> float:
    """Return the bytes of all topics on a broker with a replica of every partition, after `years` years of use."""
    return sum(
        number * _size(topic, known.RECORD.value) * kept_years(topic.retention_days, years)
        for topic, number in events(place).items()
    )


def wal_a_day(place: Place) -> float:
    """Return the bytes of WAL that are archived on an average day."""
    return sum(events(place).values()) / DAYS * known.WAL.value


def _size(topic: Topic, usual: float) -> float:
    return known.NETWORK_EVENT.value if topic is NETWORKS else usual


def _log_days(topic: Topic) -> int | None:
    return None if topic.retention_days is None else topic.retention_days + LOG_GRACE_DAYS


def processes(place: Place) -> Mapping[str, int]:
    """Return the number of processes of each role: as many as the load needs, and at least two."""
    requests = peak(place) * (1 + known.READS.value)
    busy = max(FEWEST, math.ceil(requests / (known.COMMANDS.value * known.HEADROOM.value)))
    workers = min(max(FEWEST, math.ceil(judged(place) / _judges())), INCIDENTS.partitions)
    others = len(service_names()) - 1
    return {
        "api": busy + FEWEST * others,
        "relay": FEWEST * len(service_names()),
        "worker": workers + FEWEST * others,
    }


def judged(place: Place) -> float:
    """Return how many events per second the notifier judges in the busiest minute."""
    return peak(place)


def _judges() -> float:
    """Return how many reports per second one worker of the notifier judges, with headroom."""
    return 1e6 / known.JUDGING.value * known.HEADROOM.value


def connections(place: Place) -> int:
    """Return how many connections to PostgreSQL all processes have together."""
    run = processes(place)
    pools = POOL * (run["api"] + run["worker"])
    return pools + RELAY_CONNECTIONS * run["relay"] // FEWEST + RESERVE


def memory(place: Place) -> float:
    """Return the bytes of memory of all processes of the services."""
    return sum(processes(place).values()) * known.PROCESS.value * 1e6


def nodes(place: Place) -> int:
    """Return how many Kubernetes nodes the services, three brokers and two PostgreSQL need; at least three."""
    servers = 3 * known.BROKER.value + 2 * known.POSTGRES.value
    usable = known.NODE.value * known.USABLE.value
    return max(3, math.ceil((memory(place) / GB + servers) / usable))


def logged(place: Place, service: str) -> float:
    """Return how many rows a service's event log has after all years of use."""
    own = {topic: number for topic, number in events(place).items() if topic.owner == service}
    return sum(number * kept_years(_log_days(topic), known.YEARS.value) for topic, number in own.items())


def limits(place: Place) -> list[Limit]:
    """Return the parts of the system in the order in which they reach their limit when an installation grows."""
    share = known.HEADROOM.value
    alerts = peak(place) / known.STEPS.value * known.ALERTS.value * known.IN_AN_HOUR.value * 3600 / place.desks
    log = max(logged(place, service) for service in service_names())
    found = [
        Limit("alerts that people decide in an hour, at each desk", known.DECISIONS.value, alerts, "desks, rules"),
        Limit("reports judged in a second, by one worker", _judges(), judged(place), "workers, up to 3 (partitions)"),
        Limit(
            "reports judged in a second, by three workers",
            _judges() * INCIDENTS.partitions,
            judged(place),
            "an installation for each municipality",
        ),
        Limit(
            "requests in a second, in one API process",
            known.COMMANDS.value * share,
            peak(place) * (1 + known.READS.value),
            "more API processes",
        ),
        Limit("events published in a second", known.RELAY.value * share, peak(place) * 2, "a relay for each topic"),
        Limit(
            "events applied in a second, one by one",
            known.ONE_BY_ONE.value * share,
            peak(place),
            "workers, up to 3 (partitions)",
        ),
        Limit("rows of one event log that were tried", known.ROWS.value, log, "try more; nothing is known to break"),
        Limit(
            f"rows of `report` that were tried, after {known.YEARS.value:.0f} years",
            known.ROWS.value,
            place.reports * known.YEARS.value,
            "try more; partitions of the table by year",
        ),
    ]
    return sorted(found, key=lambda limit: limit.multiple)
