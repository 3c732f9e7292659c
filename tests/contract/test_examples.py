"""Each event has enough committed examples, all valid; the committed invalid documents are refused."""

import json
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import jsonschema_rs
import pytest
from pydantic import ValidationError

from buurtsein_contracts import EVENTS, EventData, events, is_known
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_contracts.goldens import examples_of, folder_of
from buurtsein_contracts.model import reader_of
from buurtsein_contracts.topics import ALERTS

BY_TYPE = pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.TYPE)
INVALID = [(data, path) for data in EVENTS for path in sorted((folder_of(data) / "invalid").glob("*.json"))]


def written_events() -> set[type[EventData]]:
    """Return each event class in the events folder that has its own event type."""
    modules = [import_module(f"{events.__name__}.{found.name}") for found in iter_modules(events.__path__)]
    classes = [item for module in modules for item in vars(module).values() if isinstance(item, type)]
    return {item for item in classes if issubclass(item, EventData) and "TYPE" in vars(item)}


def test_every_event_is_in_the_catalogue_and_can_be_imported_from_there() -> None:
    assert set(EVENTS) == written_events()
    assert {data.__name__ for data in EVENTS} | {"EVENTS"} == set(events.__all__)
    assert all(is_known(data.TYPE) for data in EVENTS)
    assert not is_known("be.bin.drone.seen.v1")


@pytest.mark.parametrize("data", [one for one in EVENTS if one.TOPIC is ALERTS], ids=lambda data: data.TYPE)
def test_every_event_of_an_alert_says_whether_it_is_an_exercise(data: type[EventData]) -> None:
    assert "status" in json.loads((folder_of(data) / "writer.schema.json").read_text())["required"]
    assert all(json.loads(example)["status"] in set(map(str, CapStatus)) for example in examples_of(data))


@BY_TYPE
def test_every_event_has_at_least_two_different_examples(data: type[EventData]) -> None:
    assert len(set(examples_of(data))) >= 2


@BY_TYPE
def test_every_event_has_an_invalid_document(data: type[EventData]) -> None:
    assert list((folder_of(data) / "invalid").glob("*.json"))


@pytest.mark.parametrize(("data", "path"), INVALID, ids=lambda part: getattr(part, "stem", None))
def test_an_invalid_document_is_refused_for_the_reason_in_its_name(data: type[EventData], path: Path) -> None:
    *names, keyword = path.name.removesuffix(".json").split(".")
    for side in ("writer", "reader"):
        schema = json.loads((folder_of(data) / f"{side}.schema.json").read_text())
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        [error] = list(validator.iter_errors(json.loads(path.read_text())))
        assert error.schema_path[-1] == keyword
        assert list(error.instance_path)[: len(names)] == ([] if keyword == "required" else names)
    with pytest.raises(ValidationError) as refused:
        reader_of(data).model_validate_json(path.read_bytes())
    assert refused.value.errors()[0]["loc"][: len(names)] == tuple(names)
