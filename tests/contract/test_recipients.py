"""A back-office reads only those events on Kafka whose subjects its people may also read over HTTP."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import ResourcePatternType, ResourceType
from fastapi import APIRouter
from fastapi.routing import APIRoute

from buurtsein_chassis.http import access_of
from buurtsein_contracts import EVENTS, Audience, EventData, topics_for
from buurtsein_contracts.events import FundingDecided, IncidentReported, PersonErased
from buurtsein_contracts.model import Privacy
from buurtsein_contracts.portal.build import build
from buurtsein_contracts.portal.fields import rows_of
from buurtsein_contracts.testing.records import made
from buurtsein_contracts.topics import ALERTS, CITY_INCIDENTS, INCIDENTS, MEMBERS
from buurtsein_funding import api as funding
from buurtsein_notifier import api as notifier
from buurtsein_operate.rights import rules
from buurtsein_registry import api as registry
from buurtsein_reports import api as reports
from buurtsein_stack.installation import Installation

PEOPLE = {
    Audience.POLICE: {"officer", "dispatcher", "korpschef"},
    Audience.CITY: {"city-officer", "finance"},
}
SHOWN_AT: Mapping[str, tuple[APIRouter, str]] = {
    "network": (registry.router, "/networks/{network_id}"),
    "incident": (reports.router, "/reports/{report_id}"),
    "funding": (funding.router, "/applications/{application_id}"),
    "alert": (notifier.router, "/alerts/{alert_id}"),
}
"""The route that shows the subject of an event of each kind; there is none for `member`."""


def roles_shown(data: type[EventData]) -> set[str]:
    """Return the roles that may call the GET route for an event's subject, even when it belongs to somebody else."""
    router, path = SHOWN_AT.get(data.TYPE.split(".")[2], (APIRouter(), ""))
    routes = [
        one for one in router.routes if isinstance(one, APIRoute) and one.path == path and "GET" in (one.methods or ())
    ]
    found = [access_of(route) for route in routes]
    return {role for access in found if access for role in access.roles or ()}


@pytest.mark.parametrize("data", [data for data in EVENTS if data is not PersonErased], ids=lambda data: data.__name__)
@pytest.mark.parametrize("audience", Audience)
def test_a_back_office_gets_the_events_that_its_people_may_read(audience: Audience, data: type[EventData]) -> None:
    told = bool(set(data.topics()) & set(topics_for(audience)))
    assert told == bool(PEOPLE[audience] & roles_shown(data))


@pytest.mark.parametrize("audience", Audience)
def test_every_reader_of_a_pseudonym_can_read_its_erasure(audience: Audience) -> None:
    fields = {data: str(data.model_json_schema()) for data in EVENTS if set(data.topics()) & set(topics_for(audience))}
    assert any('"pseudonym"' in text.replace("'", '"') for text in fields.values())
    assert PersonErased in fields
    assert PersonErased.TOPIC.retention_days is None


def test_an_erasure_contains_only_pseudonym_reason_and_time() -> None:
    assert set(PersonErased.model_fields) == {"person_ref", "reason", "erased_at"}
    assert made("PersonErased").key == made("PersonErased").data.person_ref


def test_an_event_is_sent_only_on_its_own_topics() -> None:
    report: Any = made("IncidentReported").data
    copy = report.on(CITY_INCIDENTS)
    assert (copy.TOPIC, copy.key, copy.to_json()) == (CITY_INCIDENTS, report.key, report.to_json())
    assert isinstance(copy, IncidentReported)
    assert copy.on(INCIDENTS).TOPIC == INCIDENTS
    for other in (ALERTS, MEMBERS):
        with pytest.raises(ValueError, match="never on"):
            report.on(other)


def test_a_decision_on_support_needs_no_other_event_to_be_counted() -> None:
    assert {"year", "scheme", "granted_cents", "decision"} <= set(FundingDecided.model_fields)


def test_a_consumer_group_is_named_as_its_user_or_begins_with_it_and_a_point() -> None:
    groups = {
        (r.name, r.resource_pattern_type)
        for r in rules(Installation.load().consumers)
        if r.restype == ResourceType.GROUP
    }
    prefixes = {name for name, pattern in groups if pattern is ResourcePatternType.PREFIXED}
    assert {"police-backoffice.", "reports-worker."} <= prefixes
    assert all(name.endswith(".") for name in prefixes)
    assert ("police-backoffice", ResourcePatternType.LITERAL) in groups


def test_the_page_on_personal_data_has_every_field_of_a_person_on_each_of_its_topics(tmp_path: Path) -> None:
    build(tmp_path)
    page = (tmp_path / "personal-data.html").read_text()
    for data in EVENTS:
        for row in rows_of(data):
            for topic in data.topics() if row.privacy is not Privacy.NONE else ():
                told = rf"{data.__name__}</a></td>\s*<td><code>{topic.name}</code></td>\s*<td>{topic.tier}</td>"
                assert re.search(rf"{told}\s*<td><code>{re.escape(row.path)}</code>", page), (data.__name__, row.path)
