"""Makes a JSON Schema of expectation files that knows every event, path and value, for teams without Python.

Invariant: it refuses what `expect check` refuses for this version's catalogue, except a topic that the consumer may not
read, which it cannot know.
"""

from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.expectations.model import FOR_EVER, Expectation
from buurtsein_contracts.expectations.proof import always_there, headers_there
from buurtsein_contracts.fields import Field, Schema, fields_of
from buurtsein_contracts.gate.contract import Contract, of_model
from buurtsein_contracts.model import EventData


def expectation_schema() -> Schema:
    """Return the JSON Schema (2020-12) of an expectation file."""
    schema = Expectation.model_json_schema()
    event = schema["$defs"]["ExpectedEvent"]
    event["properties"]["type"] = {"enum": [data.TYPE for data in EVENTS]}
    there = headers_there()
    event["properties"]["headers"]["items"] = {"enum": [name for name, always in there.items() if always]}
    event["properties"]["optional_headers"]["items"] = {"enum": list(there)}
    event["allOf"] = [_of(data) for data in EVENTS]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:buurtsein:schema:expectation"}
    return head | schema


def _of(data: type[EventData]) -> Schema:
    """Return the JSON Schema for the parts of an expectation file that concern one event type."""
    contract = of_model(data)
    sent, read = fields_of(contract.writer), fields_of(contract.reader)
    parts = {
        "fields": {"items": {"enum": [path for path in sent if always_there(sent, path)]}},
        "optional": {"items": {"enum": list(sent)}},
        "values": _closed({path: _values(field) for path, field in read.items() if field.values}),
        "when": _closed({path: _closed(_conditions(when)) for path, when in _promised(contract).items()}),
        "retention_days": _retention(data),
    }
    return {
        "if": {"properties": {"type": {"const": data.TYPE}}, "required": ["type"]},
        "then": {"properties": parts},
    }


def _promised(contract: Contract) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = contract.reader.get("x-there-when", {})
    return found


def _conditions(when: dict[str, list[str]]) -> dict[str, Schema]:
    return {field: {"items": {"enum": values}} for field, values in when.items()}


def _values(field: Field) -> Schema:
    """Return the JSON Schema of the values that a consumer expects of a field; a closed enum needs all its values."""
    known: Schema = {"items": {"enum": list(field.values)}}
    every = [{"contains": {"const": value}} for value in field.values]
    return known if field.is_open else known | {"allOf": every}


def _closed(properties: dict[str, Schema]) -> Schema:
    return {"properties": properties, "additionalProperties": False}


def _retention(data: type[EventData]) -> Schema:
    """Return the JSON Schema for the field `retention_days` of an expectation of one event type.

    The maximum is the longest retention among the topics on which the event is sent.
    """
    kept = [topic.retention_days for topic in data.topics()]
    days = [number for number in kept if number is not None]
    return {} if len(days) < len(kept) else {"maximum": max(days), "not": {"const": FOR_EVER}}
