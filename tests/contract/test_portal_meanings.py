"""The portal's explanations are complete and agree with the services and event classes."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from buurtsein_contracts import Event, KnownNetwork, uuid7
from buurtsein_contracts.events import NetworkRecognised
from buurtsein_contracts.events.funding import ConditionCode, FundingDecision
from buurtsein_contracts.events.incident import Category, Route
from buurtsein_contracts.events.network import RecognitionStatus
from buurtsein_contracts.expectations.model import ExpectedEvent
from buurtsein_contracts.portal import build
from buurtsein_contracts.portal.meanings import (
    CATEGORIES_TEXTS,
    EVENT_TEXTS,
    NOTES,
    RECOGNITION_TEXTS,
    ROUTES_TEXTS,
    event_attributes,
    expected_attributes,
)
from buurtsein_contracts.testing import records
from buurtsein_funding.domain import deciding
from buurtsein_funding.domain.application import Application, College, Review
from buurtsein_funding.domain.conditions import Answer, conditions_of, told
from buurtsein_funding.domain.reasons import Reason
from buurtsein_funding.domain.reckoning import ReckonedLine, Reckoning
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_registry.domain import fod
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Recognition
from buurtsein_registry.domain.states import NetworkState

ROOT = Path(__file__).parents[2]
CATEGORIES = ROOT / "services/reports/buurtsein_reports/categories.toml"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    build(folder)
    return folder


def test_every_value_has_its_meaning() -> None:
    assert (set(CATEGORIES_TEXTS), set(ROUTES_TEXTS)) == (set(Category), set(Route))
    assert set(RECOGNITION_TEXTS) == set(RecognitionStatus)


def test_categories_are_those_that_reports_begins_with() -> None:
    configured = tomllib.loads(CATEGORIES.read_text())["categories"]
    told = {
        str(category): (list(said.route_to), said.severity, said.police_first)
        for category, said in CATEGORIES_TEXTS.items()
    }
    assert told == {
        name: (one["route_to"], one["severity"], one.get("police_first", False)) for name, one in configured.items()
    }


def test_the_glossary_has_a_row_for_each_value(portal: Path) -> None:
    text = (portal / "glossary.html").read_text()
    for category, said in CATEGORIES_TEXTS.items():
        route = " and ".join(said.route_to)
        cells = (f"<code>{category}</code>", said.en, route, str(said.severity), "yes" if said.police_first else "")
        assert "\n".join(f"<td>{cell}</td>" for cell in cells) in text
    assert [one for one in (*Route, *RecognitionStatus) if f"<td><code>{one}</code></td>" not in text] == []


def test_every_attribute_of_an_event_is_explained(portal: Path) -> None:
    told = list(event_attributes())
    event = records.made("AlertSent")
    assert {name for name, *_ in told} == {name for name in dir(Event) if not name.startswith("_")} == set(EVENT_TEXTS)
    assert {name: kind for name, kind, _ in told}["correlation_id"] == "str or None"
    assert [name for name, *_ in told if not hasattr(event, name)] == []
    text = (portal / "reading.html").read_text()
    rows = [f"<td><code>event.{name}</code></td>\n<td><code>{kind}</code></td>\n<td>" for name, kind, _ in told]
    assert [row for row in rows if row not in text] == []


def test_every_key_of_an_expectation_is_explained(portal: Path) -> None:
    told = dict(expected_attributes())
    assert set(told) == set(ExpectedEvent.model_fields)
    text = (portal / "expectation.html").read_text()
    assert [name for name, said in told.items() if not said or f"<td><code>{name}</code></td>" not in text] == []


def test_notes_are_on_the_pages_of_their_events(portal: Path) -> None:
    for data, notes in NOTES.items():
        text = (portal / f"event-{data.__name__}.html").read_text()
        assert [note for note in notes if note not in text] == []
        assert "What to mind" in text
    assert "What to mind" not in (portal / "event-AlertSent.html").read_text()


def test_a_recognition_is_written_as_active() -> None:
    """The portal's page about the event NetworkRecognised says that its field `status` is always `ACTIVE`."""
    construct: Any = Network.model_construct
    network = construct(network_id=uuid7(), state=NetworkState.SUBMITTED_TO_FOD, sides={}, acts=[], charters=[])
    by_fod = fod.Letter(f"p{1:032x}", Side.FOD)
    [event] = fod.recognise(network, Recognition(start=date(2026, 1, 1), reference="r"), by_fod, NOW)
    assert isinstance(event, NetworkRecognised)
    assert event.status is RecognitionStatus.ACTIVE


def conditions(*, met: bool) -> list[Answer]:
    found = conditions_of(KnownNetwork(network_id=uuid7()), f"p{1:032x}", "2026", NOW.date())
    return [replace(answer, met=met) for answer in found]


def test_each_of_the_four_conditions_occurs_once() -> None:
    assert [condition.code for condition in conditions(met=False)] == list(ConditionCode)


@pytest.mark.parametrize("decision", FundingDecision)
def test_an_amount_is_present_only_when_support_is_granted(decision: FundingDecision) -> None:
    line = ReckonedLine(asked_cents=900, taken=[], payable_cents=900)
    prepared = Review(
        outcome=decision,
        reckoning=Reckoning(scheme="x 1", lines=[line]),
        reasons=[],
        reviewer=f"p{2:032x}",
        reviewed_at=NOW,
    )
    application = Application(
        network_id=uuid7(), year=2026, scheme_id="x", scheme="x 1", form_version="1", requester=f"p{1:032x}",
        cost_lines=[{"kind": "drukwerk", "description": "Folders", "cents": 900}], requested_at=NOW,
        conditions=told(conditions(met=True)), state=ApplicationState.UNDER_REVIEW, review=prepared,
    )  # type: ignore[arg-type,unused-ignore]  # fmt: skip
    other, verdict = f"p{3:032x}", deciding.Verdict([Reason.OUTSIDE_YEAR])
    college = College(decided_on=NOW.date(), reference="CBS/2026/1")
    if decision is FundingDecision.GRANTED:
        [event] = deciding.grant(application, 500, verdict, college, conditions(met=True), other, NOW)
    else:
        [event] = deciding.reject(application, verdict, college, conditions(met=True), other, NOW)
    assert ("granted_cents" in event.model_dump(exclude_none=True)) == (decision is FundingDecision.GRANTED)
