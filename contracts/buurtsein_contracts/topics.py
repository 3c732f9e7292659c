"""The topics: each with its key, owner, readers and retention, and who outside the services it is for.

Topics and access rights on a broker are provisioned from this list and from nowhere else. Who may read is decided by
recipient, as HTTP decides it for the same people: what police and city may both read is on a topic of both, what only
one of them may read is on a topic of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

COMPRESSION = "none"
"""How the batches of records are compressed; promised, since not every client reads every codec."""


class Audience(StrEnum):
    """People outside the services that a topic can be for."""

    POLICE = "police"
    """Back-offices of the police zone."""
    CITY = "city"
    """Back-offices of the city."""


INTERNAL = "internal"
"""The tier of a topic that is for nobody outside Buurtsein's own services."""


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
    audiences: tuple[Audience, ...]
    """Who outside the services reads it; empty: nobody."""
    retention_days: int | None
    """None: kept for ever."""
    partitions: int = 3

    @property
    def tier(self) -> str:
        """Its audiences in one text: `police, city`; `internal` when there are none."""
        return ", ".join(self.audiences) or INTERNAL


_POLICE, _CITY, _BOTH = (Audience.POLICE,), (Audience.CITY,), (Audience.POLICE, Audience.CITY)

NETWORKS = Topic("bin.networks", "network_id", "registry", ("reports", "funding", "notifier"), _BOTH, None)
MEMBERS = Topic("bin.members", "network_id", "registry", (), (), 30)
ERASURES = Topic("bin.erasures", "person_ref", "registry", (), _BOTH, None)
INCIDENTS = Topic("bin.incidents", "report_id", "reports", ("notifier",), _POLICE, 30)
CITY_INCIDENTS = Topic("bin.city-incidents", "report_id", "reports", (), _CITY, 30)
FUNDING = Topic("bin.funding", "network_id", "funding", (), _CITY, None)
ALERTS = Topic("bin.alerts", "alert_id", "notifier", (), _POLICE, 365)

TOPICS: tuple[Topic, ...] = (NETWORKS, MEMBERS, ERASURES, INCIDENTS, CITY_INCIDENTS, FUNDING, ALERTS)

OUTSIDERS: Mapping[str, Audience] = {"police-backoffice": Audience.POLICE, "city-backoffice": Audience.CITY}
"""Principals outside the services, each with the audience it belongs to."""


def outsiders_of(topic: Topic) -> tuple[str, ...]:
    """The principals outside the services who may read a topic."""
    return tuple(name for name, audience in OUTSIDERS.items() if audience in topic.audiences)


def readers_of(topic: Topic) -> tuple[str, ...]:
    """Everybody who may read a topic: services, then those outside."""
    return (*topic.readers, *outsiders_of(topic))


def topics_for(principal: str) -> tuple[Topic, ...]:
    """The topics that a principal outside the services may read; none for a name that is no such principal."""
    return tuple(topic for topic in TOPICS if principal in outsiders_of(topic))


def topic_named(name: str) -> Topic:
    """The topic with this name; KeyError when there is none."""
    return {topic.name: topic for topic in TOPICS}[name]
