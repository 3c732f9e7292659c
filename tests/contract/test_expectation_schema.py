"""The JSON Schema of an expectation file accepts and refuses the same files as `expect check`."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from typer.testing import CliRunner

from buurtsein_contracts.cli import app
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.expectations.drafting import draft
from buurtsein_contracts.expectations.schema import expectation_schema
from buurtsein_contracts.topics import Audience

CONSUMERS = Path(__file__).parents[2] / "contracts" / "consumers"
VALIDATOR = jsonschema_rs.Draft202012Validator(expectation_schema())
HEAD = {"organisation": "pz-test", "consumer": "desk", "contact": "the desk", "principal": "a-user", "audience": "city"}
DECIDED = {"type": "be.bin.funding.decided.v1", "fields": ["application_id"]}
SENT = {"type": "be.bin.alert.sent.v1", "fields": ["alert_id"]}


def faults(document: object) -> list[str]:
    """Return the errors of an expectation file under the JSON Schema."""
    return [error.message for error in VALIDATOR.iter_errors(document)]


@pytest.mark.parametrize("path", sorted(CONSUMERS.glob("*/*.yaml")), ids=lambda path: path.stem)
def test_the_committed_expectations_are_valid(path: Path) -> None:
    assert faults(yaml.safe_load(path.read_text())) == []


def test_a_draft_of_every_event_is_valid() -> None:
    assert faults(yaml.safe_load(draft("pz-test", "desk", "police-backoffice", Audience.POLICE, EVENTS))) == []


@pytest.mark.parametrize(
    "expected",
    [
        DECIDED,
        DECIDED | {"when": {"granted_cents": {"decision": ["GRANTED"]}}, "retention_days": "for ever"},
        DECIDED | {"when": {"granted_cents": {"decision": ["REJECTED"]}}},
        DECIDED | {"when": {"reasons": {"decision": ["GRANTED"]}}},
        DECIDED | {"values": {"decision": ["GRANTED", "REJECTED"]}},
        DECIDED | {"values": {"decision": ["GRANTED"]}},
        DECIDED | {"values": {"application_id": ["x"]}},
        DECIDED | {"values": {"conditions[].code": ["drone"]}},
        DECIDED | {"fields": ["granted_cents"]},
        DECIDED | {"fields": ["conditions[].code", "conditions"]},
        DECIDED | {"optional": ["granted_cents", "conditions[].evidence"]},
        DECIDED | {"optional": ["colour"]},
        DECIDED | {"headers": ["ce_id"], "optional_headers": ["traceparent"]},
        DECIDED | {"headers": ["ce_causationid"]},
        DECIDED | {"colour": "red"},
        DECIDED | {"type": "be.bin.drone.seen.v1"},
        DECIDED | {"retention_days": 4000},
        DECIDED | {"retention_days": 0},
        SENT | {"retention_days": 365},
        SENT | {"retention_days": 366},
        SENT | {"retention_days": "for ever"},
    ],
    ids=str,
)
def test_the_schema_accepts_and_refuses_what_the_command_does(expected: dict[str, Any], tmp_path: Path) -> None:
    audience = "police" if "alert" in expected["type"] else "city"
    document = HEAD | {"audience": audience, "expects": [expected]}
    path = tmp_path / "desk.yaml"
    path.write_text(yaml.safe_dump(document))
    told = CliRunner().invoke(app, ["expect", "check", str(path)])
    assert VALIDATOR.is_valid(document) == (told.exit_code == 0), told.stdout
