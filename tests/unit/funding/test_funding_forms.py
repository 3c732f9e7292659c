"""An application or decision with an invalid field is refused before any rule of funding is checked."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from buurtsein_contracts import uuid7
from buurtsein_funding import commands


def cost(**changes: Any) -> list[dict[str, Any]]:
    return [{"kind": "sms", "description": "berichten", "cents": 5500} | changes]


COLLEGE = {"decided_on": "2026-11-23", "reference": "CBS/2026/1"}
FORM = {"network_id": uuid7(), "year": 2026, "form_version": "2026-1", "cost_lines": cost()}


def test_a_valid_form_is_accepted() -> None:
    command = commands.RequestSupport.model_validate(FORM | {"cost_lines": cost(description="  berichten ")})
    assert command.cost_lines[0].description == "berichten"


@pytest.mark.parametrize(
    "changes",
    [
        {"cost_lines": []},
        {"cost_lines": cost() * 51},
        {"cost_lines": cost(cents=0)},
        {"cost_lines": cost(cents=1_000_000_001)},
        {"members": -1},
        {"members": 12.0},
        {"answers": {"Naam": True}},
        {"answers": {"naam": 1.5}},
        {"cost_lines": cost(cents=12.0)},
        {"cost_lines": cost(cents=True)},
        {"cost_lines": cost(description="x" * 201)},
        {"cost_lines": cost(description="  ")},
        {"iban": "BE68539007547034"},
    ],
)
def test_a_form_with_a_wrong_field_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        commands.RequestSupport.model_validate(FORM | changes)


@pytest.mark.parametrize("written", ["85_07_30_033_28", "85.07.30-033.28", "850730 033 28", "85.27.30-033.71"])
def test_a_national_number_is_refused_however_it_is_written(written: str) -> None:
    for changes in (
        {"cost_lines": cost(description=written)},
        {"cost_lines": cost(kind=written)},
        {"answers": {"naam": written}},
        {"form_version": written},
    ):
        with pytest.raises(ValidationError) as refused:
            commands.RequestSupport.model_validate(FORM | changes)
        assert "national_number" in str(refused.value)


@pytest.mark.parametrize("written", ["contact +32 471 12 00 83", "rekening BE68 5390 0754 7034", "factuur 85073003329"])
def test_a_number_of_another_kind_is_accepted(written: str) -> None:
    assert commands.RequestSupport.model_validate(FORM | {"cost_lines": cost(description=written)})


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "GRANTED"},
        {"decision": "GRANTED", "granted_cents": 0},
        {"decision": "REJECTED", "granted_cents": 100},
        {"decision": "REJECTED", "reasons": ["Jan Peeters heeft niet betaald"]},
        {"decision": "REJECTED", "reasons": ["nr_85_07_30_033_28"]},
        {"decision": "MAYBE"},
        {"decision": "REJECTED", "college": None},
        {"decision": "REJECTED", "college": {"decided_on": "2026-11-23", "reference": "85.07.30-033.28"}},
    ],
    ids=[
        *("grant without amount", "grant of nothing", "rejection with amount", "free text as reason"),
        *("national number as reason", "neither", "no college", "national number as reference"),
    ],
)
def test_a_decision_that_is_neither_grant_nor_rejection_cannot_be_made(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(commands.Decide).validate_python({"college": COLLEGE} | body)
