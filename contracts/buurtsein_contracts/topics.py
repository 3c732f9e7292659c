"""Lists the topics: the key of each topic, the service that writes it, its retention, and who outside may read it.

Access is decided by audience (police, city), as it is for HTTP. What both may read is on one topic; what only one of
them may read is on another topic.
"""

from dataclasses import dataclass
from enum import StrEnum

COMPRESSION = "none"
"""The compression of record batches on the topics. It is part of the contract, because not every client can read
every codec."""


class Audience(StrEnum):
    """A group of outside consumers that a topic can be meant for."""

    POLICE = "police"
    """The back-offices of the police zone."""
    CITY = "city"
    """The back-offices of the city."""


INTERNAL = "internal"
"""The access level of a topic that only Buurtsein's own services may read."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic, which contains the events of one kind of aggregate."""

    name: str
    key: str
    """The name of the data field whose value is the record key; events with the same key are in order."""
    owner: str
    """The only service that writes to the topic."""
    audiences: tuple[Audience, ...]
    """The groups of outside consumers that may read the topic; empty when none may."""
    retention_days: int | None
    """How many days records are kept; None means for ever."""
    partitions: int = 3

    @property
    def tier(self) -> str:
        """Return the topic's audiences as one string, such as `police, city`; `internal` when there are none."""
        return ", ".join(self.audiences) or INTERNAL


_POLICE, _CITY, _BOTH = (Audience.POLICE,), (Audience.CITY,), (Audience.POLICE, Audience.CITY)

NETWORKS = Topic("bin.networks", "network_id", "registry", _BOTH, None)
MEMBERS = Topic("bin.members", "network_id", "registry", (), 30)
ERASURES = Topic("bin.erasures", "person_ref", "registry", _BOTH, None)
INCIDENTS = Topic("bin.incidents", "report_id", "reports", _POLICE, 30)
CITY_INCIDENTS = Topic("bin.city-incidents", "report_id", "reports", _CITY, 30)
FUNDING = Topic("bin.funding", "network_id", "funding", _CITY, None)
FUNDING_CONFIRMATIONS = Topic("bin.funding-confirmations", "erasure_id", "funding", (), 30, partitions=1)
ALERTS = Topic("bin.alerts", "alert_id", "notifier", _POLICE, 365)

TOPICS: tuple[Topic, ...] = (
    NETWORKS,
    MEMBERS,
    ERASURES,
    INCIDENTS,
    CITY_INCIDENTS,
    FUNDING,
    FUNDING_CONFIRMATIONS,
    ALERTS,
)

CONFIRMATIONS: tuple[Topic, ...] = (FUNDING_CONFIRMATIONS,)
"""The topics on which services confirm to the registry that they carried out an erasure; one of each service that reads
`bin.erasures`. The registry and these services read from each other."""


def topics_for(audience: Audience) -> tuple[Topic, ...]:
    """Return the topics that consumers of an audience may read."""
    return tuple(topic for topic in TOPICS if audience in topic.audiences)


def topic_named(name: str) -> Topic:
    """Return the topic with this name; raise KeyError when there is none."""
    return {topic.name: topic for topic in TOPICS}[name]
