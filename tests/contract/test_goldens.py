"""The committed schemas and examples agree with the models and follow the rules of the contract."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from buurtsein_contracts import EVENTS, EventData
from buurtsein_contracts.goldens import FOLDER, differences, examples_of, folder_of
from buurtsein_contracts.model import reader_of
from buurtsein_contracts.topics import TOPICS

BY_TYPE = pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.TYPE)


def schema(data: type[EventData], side: str) -> Any:
    return json.loads((folder_of(data) / f"{side}.schema.json").read_text())


def validator(data: type[EventData], side: str) -> Any:
    return jsonschema_rs.Draft202012Validator(schema(data, side), validate_formats=True)


def test_goldens_agree_with_the_models() -> None:
    assert differences() == []


@pytest.mark.parametrize("damage", ["change", "remove", "stray", "example"])
def test_a_golden_that_differs_is_found(tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "goldens"
    shutil.copytree(FOLDER, copy)
    golden = folder_of(EVENTS[0], copy) / "writer.schema.json"
    if damage == "change":
        golden.write_text(golden.read_text().replace("100", "99", 1))
    elif damage == "remove":
        golden.unlink()
    elif damage == "stray":
        shutil.copytree(folder_of(EVENTS[0], copy), copy / "be.bin.gone.away.v1" / "1.0.0")
    else:
        shutil.rmtree(folder_of(EVENTS[0], copy) / "examples")
    assert len(differences(copy)) >= 1


@BY_TYPE
def test_examples_are_valid_for_writer_and_reader(data: type[EventData]) -> None:
    for example in examples_of(data):
        document = json.loads(example)
        validator(data, "writer").validate(document)
        validator(data, "reader").validate(document)
        assert json.loads(data.model_validate_json(example).to_json()) == document


@BY_TYPE
def test_the_writer_is_closed_and_the_reader_open(data: type[EventData]) -> None:
    document = json.loads(examples_of(data)[0]) | {"added_later": 1}
    assert not validator(data, "writer").is_valid(document)
    assert validator(data, "reader").is_valid(document)
    assert isinstance(reader_of(data).model_validate_json(json.dumps(document)), data)


def test_a_reader_keeps_an_unknown_value_of_an_open_enum() -> None:
    data = next(data for data in EVENTS if data.__name__ == "IncidentReported")
    document = json.loads(examples_of(data)[0]) | {"category": "drone"}
    assert not validator(data, "writer").is_valid(document)
    assert validator(data, "reader").is_valid(document)
    assert reader_of(data).model_validate_json(json.dumps(document)).category == "drone"


def test_a_closed_enum_stays_closed_for_readers() -> None:
    data = next(data for data in EVENTS if data.__name__ == "FundingDecided")
    document = json.loads(examples_of(data)[0]) | {"decision": "PERHAPS"}
    assert not validator(data, "reader").is_valid(document)


@BY_TYPE
def test_null_is_never_valid_for_a_writer(data: type[EventData]) -> None:
    example = json.loads(examples_of(data)[0])
    for name in schema(data, "writer")["properties"]:
        assert not validator(data, "writer").is_valid(example | {name: None}), name


def parts(node: Any) -> Any:
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for value in node.values():
            yield from parts(value)
    if isinstance(node, list):
        for value in node:
            yield from parts(value)


@BY_TYPE
def test_every_field_has_two_descriptions_and_a_privacy_tag(data: type[EventData]) -> None:
    for part in parts(schema(data, "annotated")):
        for name, field in part["properties"].items():
            assert {"description", "x-description-nl", "x-personal-data"} <= field.keys(), name


@BY_TYPE
def test_every_text_has_a_maximum_length(data: type[EventData]) -> None:
    for part in parts(schema(data, "writer")):
        for name, field in part["properties"].items():
            bounded = {"maxLength", "pattern", "format", "enum", "const"} & field.keys()
            assert field.get("type") != "string" or bounded, name


def test_every_topic_has_events_and_every_event_the_key_of_its_topic() -> None:
    assert {topic for data in EVENTS for topic in data.topics()} == set(TOPICS)
    assert all(topic.key in data.model_fields for data in EVENTS for topic in data.topics())
    assert all({topic.key for topic in data.topics()} == {data.TOPIC.key} for data in EVENTS)


def test_no_event_carries_free_text_of_a_reporter() -> None:
    for data in EVENTS:
        assert not {"text", "name_reporter", "reporter", "email", "phone"} & data.model_fields.keys()
