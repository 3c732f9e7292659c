"""The topics: one per aggregate, ordered by key, each with its owner, readers, retention and access tier.

Topics and access rights on a broker are provisioned from this list and from nowhere else.
"""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """Who outside the services may read a topic."""

    PUBLIC_BODIES = "public-bodies"
    """Police and city back-offices."""
    INTERNAL = "internal"
    """Buurtsein's own services only."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A stream of events about one kind of aggregate."""

    name: str
    key: str
    """Name of the data field whose value is the record key; order is kept within one key."""
    owner: str
    """The only service that writes it."""
    readers: tuple[str, ...]
    """Services that read it."""
    tier: Tier
    retention_days: int | None
    """None: kept for ever."""
    partitions: int = 3


NETWORKS = Topic("bin.networks", "network_id", "registry", ("reports", "funding", "notifier"), Tier.PUBLIC_BODIES, None)
MEMBERS = Topic("bin.members", "network_id", "registry", (), Tier.INTERNAL, 30)
INCIDENTS = Topic("bin.incidents", "report_id", "reports", ("notifier",), Tier.PUBLIC_BODIES, 30)
FUNDING = Topic("bin.funding", "network_id", "funding", (), Tier.PUBLIC_BODIES, None)
ALERTS = Topic("bin.alerts", "alert_id", "notifier", (), Tier.PUBLIC_BODIES, 365)

TOPICS: tuple[Topic, ...] = (NETWORKS, MEMBERS, INCIDENTS, FUNDING, ALERTS)

OUTSIDERS: tuple[str, ...] = ("police-backoffice", "city-backoffice")
"""Principals outside the services; they may read every topic of tier `public-bodies`."""


def readers_of(topic: Topic) -> tuple[str, ...]:
    """Everybody who may read a topic: services, then those outside."""
    return (*topic.readers, *(OUTSIDERS if topic.tier is Tier.PUBLIC_BODIES else ()))


def topic_named(name: str) -> Topic:
    """The topic with this name; KeyError when there is none."""
    return {topic.name: topic for topic in TOPICS}[name]
