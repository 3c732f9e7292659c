"""Builds one AsyncAPI 3.0.0 document with a channel per topic, a message per event, and an operation per access right.

It is made only from the topics, the events and the committed schemas and examples (the goldens), so the same goldens
give the same document. A message's payload is the reader schema, which a consumer must accept; `x-bin-writer` is the
writer schema, which we promise to send. Source: AsyncAPI 3.0.0 specification, Kafka bindings 0.5.0. Fields `x-bin-*`
hold what neither of them has a field for.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from buurtsein_contracts.draft07 import reference, translated
from buurtsein_contracts.envelope import MAX_VALUE_BYTES, attributes_of, data_schema, kafka_headers
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.fields import Schema, fields_of
from buurtsein_contracts.goldens import ANNOTATED, FOLDER, HEADERS, folder_of, package_version
from buurtsein_contracts.model import EventData
from buurtsein_contracts.testing.records import MOMENT, SOURCE, event_from
from buurtsein_contracts.topics import COMPRESSION, TOPICS, Topic

type Document = dict[str, Any]

_DAY_MS = 86_400_000
_BINDINGS = "0.5.0"
_HEADERS = "Headers"
_ABOUT = """The events of neighbourhood information networks (BIN, BIN-Z), as CloudEvents 1.0 in binary mode on Kafka.

Delivery is at least once and in order within one topic and key: remove duplicates by `ce_id`, order by `ce_sequence`.
Ignore fields, types and values of open enums that you do not know. An optional field without a value is absent, never
null."""


def document(root: Path = FOLDER) -> Document:
    """Return the document, made from the events and a folder of committed schemas; raise OSError for a missing file."""
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": "application/json",
        "servers": {"kafka": _server()},
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": dict(_operation(*right) for topic in TOPICS for right in _rights(topic)),
        "components": {
            "messages": {data.__name__: _message(data, root) for data in EVENTS},
            "schemas": _schemas(root),
            "correlationIds": {"correlation": _correlation()},
            "securitySchemes": {"scram": _scram()},
        },
    }


def _info() -> Document:
    return {
        "title": "Buurtsein",
        "version": package_version(),
        "description": _ABOUT,
        "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
        "tags": [{"name": name, "description": f"Events of the service {name}."} for name in _owners()],
    }


def _owners() -> list[str]:
    return list(dict.fromkeys(topic.owner for topic in TOPICS))


def _server() -> Document:
    return {
        "host": "{host}:{port}",
        "protocol": "kafka-secure",
        "description": "The installation's Kafka cluster; its operator gives you address, user and password.",
        "variables": {
            "host": {"description": "A broker to begin with.", "examples": ["kafka.example.org"]},
            "port": {"description": "Its listener for SASL over TLS.", "default": "9093"},
        },
        "security": [{"$ref": "#/components/securitySchemes/scram"}],
    }


def _scram() -> Document:
    about = (
        "SASL/SCRAM-SHA-512 over TLS, a user for each consumer. A consumer group is named as the user, or begins with"
        " the user's name and a point."
    )
    return {"type": "scramSha512", "description": about}


def _correlation() -> Document:
    about = "The request that began it, the same in all events that followed; absent where no request did."
    return {"description": about, "location": "$message.header#/ce_correlationid"}


def _channel(topic: Topic) -> Document:
    return {
        "address": topic.name,
        "summary": f"Written by {topic.owner}, in order within one {topic.key}, kept {_kept(topic)}.",
        "messages": {data.__name__: {"$ref": f"#/components/messages/{data.__name__}"} for data in _events_of(topic)},
        "tags": [{"name": topic.owner}, {"name": topic.tier}],
        "bindings": {"kafka": _topic_binding(topic)},
        "x-bin-owner": topic.owner,
        "x-bin-audiences": [audience.value for audience in topic.audiences],
        "x-bin-key": topic.key,
        "x-bin-retention-days": topic.retention_days,
        "x-bin-max-value-bytes": MAX_VALUE_BYTES,
        "x-bin-compression": COMPRESSION,
    }


def _kept(topic: Topic) -> str:
    return f"{topic.retention_days} days" if topic.retention_days else "for ever"


def _events_of(topic: Topic) -> list[type[EventData]]:
    return [data for data in EVENTS if topic in data.topics()]


def _topic_binding(topic: Topic) -> Document:
    kept = -1 if topic.retention_days is None else topic.retention_days * _DAY_MS
    configuration = {"cleanup.policy": ["delete"], "retention.ms": kept}
    return {
        "topic": topic.name,
        "partitions": topic.partitions,
        "topicConfiguration": configuration,
        "bindingVersion": _BINDINGS,
    }


def _rights(topic: Topic) -> Iterator[tuple[Topic, str, str]]:
    """Yield the access rights on a topic: the service that owns it may `send`, and each audience may `receive`."""
    yield topic, topic.owner, "send"
    for audience in topic.audiences:
        yield topic, audience.value, "receive"


def _operation(topic: Topic, who: str, action: str) -> tuple[str, Document]:
    channel = f"#/channels/{topic.name}"
    operation = {
        "action": action,
        "channel": {"$ref": channel},
        "summary": f"{who} {action}s {topic.name}.",
        "tags": [{"name": who}],
        "messages": [{"$ref": f"{channel}/messages/{data.__name__}"} for data in _events_of(topic)],
        "bindings": {"kafka": _operation_binding(action)},
        "x-bin-application": who,
    }
    return f"{who}.{action}.{topic.name}", operation


def _operation_binding(action: str) -> Document:
    group = {"type": "string", "description": "Your Kafka user's name, or that name and a point and more."}
    return ({"groupId": group} if action == "receive" else {}) | {"bindingVersion": _BINDINGS}


def _message(data: type[EventData], root: Path) -> Document:
    reader = _golden(folder_of(data, root) / ANNOTATED)
    return {
        "name": data.__name__,
        "title": data.TYPE,
        "summary": reader["description"],
        "tags": [
            {"name": name} for name in dict.fromkeys([data.TOPIC.owner, *(topic.tier for topic in data.topics())])
        ],
        "contentType": "application/json",
        "correlationId": {"$ref": "#/components/correlationIds/correlation"},
        "headers": _headers_of(data),
        "payload": reference(data.__name__),
        "bindings": {"kafka": {"key": _key(data, reader), "bindingVersion": _BINDINGS}},
        "examples": [_example(data, path) for path in sorted((folder_of(data, root) / "examples").glob("*.json"))],
        "x-description-nl": data.PURPOSE_NL,
        "x-bin-type": data.TYPE,
        "x-bin-version": data.VERSION,
        "x-bin-key": data.TOPIC.key,
        "x-bin-subject": data.SUBJECT or data.TOPIC.key,
        "x-bin-privacy": _privacy(reader),
        "x-bin-writer": reference(_writer_name(data.__name__)),
    }


def _headers_of(data: type[EventData]) -> Schema:
    title, own = f"{data.__name__}{_HEADERS}", {"ce_type": {"const": data.TYPE}}
    return {"title": title, "type": "object", "allOf": [reference(_HEADERS)], "properties": own}


def _key(data: type[EventData], reader: Schema) -> Schema:
    field = reader["properties"][data.TOPIC.key]
    return {"description": f"The text of {data.TOPIC.key} in the payload."} | {
        name: field[name] for name in ("type", "format", "pattern") if name in field
    }


def _privacy(reader: Schema) -> list[str]:
    """Return the privacy tags (`x-personal-data`) of an event's fields, each once; the tag `none` is left out."""
    found = {field.schema.get("x-personal-data", "none") for field in fields_of(reader).values()}
    return sorted(found - {"none"})


def _example(data: type[EventData], path: Path) -> Document:
    """Return a committed example of an event as a message example in AsyncAPI, with headers and a fixed event id."""
    payload = _golden(path)
    source = SOURCE.replace("test", data.TOPIC.owner)
    event = replace(event_from(data, payload), id=example_id(data, path.stem), source=source)
    attributes = attributes_of(event) | {"correlationid": str(example_id(data, "request"))}
    headers = {name: value.decode() for name, value in kafka_headers(attributes)}
    return {"name": path.stem, "summary": path.stem.replace("-", " "), "headers": headers, "payload": payload}


def example_id(data: type[EventData], word: str) -> UUID:
    """Return a UUIDv7 that is the same in every run: the time is `MOMENT`, other bits are a hash of type and `word`."""
    digest = hashlib.sha256(f"{data_schema(data)}:{word}".encode()).hexdigest()
    return UUID(f"{int(MOMENT.timestamp() * 1000):012x}7{digest[:3]}8{digest[3:18]}")


def _schemas(root: Path) -> dict[str, Schema]:
    """Return the schemas of the AsyncAPI document by name: the headers, and each event's reader and writer schema.

    A part that several events use occurs once.
    """
    found = {_HEADERS: _kafka_headers(_golden(root / HEADERS))}
    for data in EVENTS:
        folder = folder_of(data, root)
        reader, writer = _golden(folder / ANNOTATED), _golden(folder / "writer.schema.json")
        _add(found, translated(reader, data.__name__, str))
        _add(found, translated(writer, _writer_name(data.__name__), _writer_name))
    return found


def _writer_name(name: str) -> str:
    return f"{name}.writer"


def _add(found: dict[str, Schema], more: dict[str, Schema]) -> None:
    different = [name for name, schema in more.items() if found.get(name, schema) != schema]
    if different:
        raise ValueError(f"two schemas of the same name: {', '.join(different)}")
    found |= more


def _kafka_headers(attributes: Schema) -> Schema:
    """Return the schema of a record's Kafka headers: the attributes with the prefix `ce_`, and the other headers."""
    named = {f"ce_{name}": part for name, part in attributes["properties"].items()}
    beside = {
        "content-type": {"type": "string", "const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C trace context of this hop."},
    }
    required = [*(f"ce_{name}" for name in attributes["required"]), "content-type"]
    about = "CloudEvents 1.0 attributes as Kafka headers, UTF-8 text."
    return {
        "title": _HEADERS,
        "type": "object",
        "description": about,
        "properties": named | beside,
        "required": required,
    }


def _golden(path: Path) -> Any:
    return json.loads(path.read_text())
