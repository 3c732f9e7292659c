"""The committed examples are enough and valid, and the committed invalid documents are refused."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from pydantic import ValidationError

from buurtsein_contracts import EVENTS, EventData, is_known
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_contracts.goldens import examples_of, folder_of
from buurtsein_contracts.model import reader_of
from buurtsein_contracts.topics import ALERTS

BY_TYPE = pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.TYPE)
INVALID = [(data, path) for data in EVENTS for path in sorted((folder_of(data) / "invalid").glob("*.json"))]


def test_every_event_of_the_design_exists() -> None:
    assert len(EVENTS) == 33
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
