"""Contains the events of the neighbourhood information networks, with their topics, schemas and examples.

Install this package alone to read the streams: `parse` turns a Kafka record into an `Event`.
"""

from buurtsein_contracts.envelope import (
    Event,
    EventTooLarge,
    InvalidEvent,
    KafkaRecord,
    Place,
    UnknownEventType,
    UnknownEventVersion,
    Unreadable,
    is_known,
    parse,
    place_of,
    to_kafka,
)
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.http_binding import HttpMessage, parse_http, to_http, to_structured
from buurtsein_contracts.identifiers import uuid7
from buurtsein_contracts.in_order import InOrder, Taken, Turn, turn
from buurtsein_contracts.known_network import KnownNetwork
from buurtsein_contracts.model import EventData
from buurtsein_contracts.topics import TOPICS, Audience, Topic, topic_named, topics_for

__all__ = [
    "EVENTS",
    "TOPICS",
    "Audience",
    "Event",
    "EventData",
    "EventTooLarge",
    "HttpMessage",
    "InOrder",
    "InvalidEvent",
    "KafkaRecord",
    "KnownNetwork",
    "Place",
    "Taken",
    "Topic",
    "Turn",
    "UnknownEventType",
    "UnknownEventVersion",
    "Unreadable",
    "is_known",
    "parse",
    "parse_http",
    "place_of",
    "to_http",
    "to_kafka",
    "to_structured",
    "topic_named",
    "topics_for",
    "turn",
    "uuid7",
]
