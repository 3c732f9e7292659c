"""Rules on category, area, time and answers choose the unit for a report, with the reason; a clerk can change it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from unit.reports.report_desk import CITY, POLICE, Desk, a_desk
from unit.reports.reports_memory import GIVEN, InMemory, accept

from buurtsein_contracts.events import IncidentAssigned
from buurtsein_contracts.events.geography import Location
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import handlers
from buurtsein_reports.commands import ProposeRouting
from buurtsein_reports.domain.edition import EditionKind
from buurtsein_reports.domain.routing import RoutedFacts, RoutingDocument, RoutingTable, shipped_routing
from buurtsein_reports.views import trial

UNITS = [
    {"code": "stad", "name": "Stad", "body": "city"},
    {"code": "groen", "name": "Groendienst", "body": "city"},
    {"code": "politie", "name": "Lokale politie", "body": "police"},
    {"code": "wijk", "name": "Wijkpolitie", "body": "police"},
    {"code": "net", "name": "Netbeheerder", "body": "other"},
]
SQUARE = {"type": "Polygon", "coordinates": [[[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 51.0], [4.0, 50.9]]]}
FAR = {"type": "Polygon", "coordinates": [[[3, 50], [3.1, 50], [3.1, 50.1], [3, 50]]]}
SATURDAY_NIGHT = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    named = [{"code": f"regel-{number}"} | rule for number, rule in enumerate(rules, 1)]
    return {"units": UNITS, "rules": named, "standard": {"city": "stad", "police": "politie"}}


def table(*rules: dict[str, Any]) -> RoutingTable:
    return RoutingTable.model_validate(document(*rules))


def facts(**changes: Any) -> RoutedFacts:
    told = {
        "category": "zwerfvuil",
        "route_to": ["city"],
        "location": Location(latitude=50.95, longitude=4.05, nis="41002", postcode="9300"),
        "network_id": None,
        "answers": {"hoeveel": "zak"},
        "reported_at": SATURDAY_NIGHT,
    }
    return RoutedFacts.model_validate(told | changes)


@pytest.mark.parametrize(
    ("fits", "fails"),
    [
        ({"categories": ["zwerfvuil"]}, {"categories": ["graffiti"]}),
        ({"postcodes": ["9300"]}, {"postcodes": ["9310"]}),
        ({"area": SQUARE}, {"area": FAR}),
        ({"weekdays": [6, 7]}, {"weekdays": [1, 2, 3, 4, 5]}),
        ({"between": ["22:00", "06:00"]}, {"between": ["06:00", "22:00"]}),
        ({"between": ["23:00", "23:59"]}, {"between": ["22:00", "23:30"]}),
        ({"answers": {"hoeveel": "zak"}}, {"answers": {"hoeveel": "meer"}}),
        ({}, {"network_ids": ["019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8093"]}),
    ],
)
def test_a_rule_fits_by_category_area_time_and_answers(fits: dict[str, Any], fails: dict[str, Any]) -> None:
    assert table({"unit": "groen"} | fits).route(facts()).unit == "groen"
    assert table({"unit": "groen"} | fails).route(facts()).unit == "stad"


def test_the_first_rule_that_fits_decides_and_says_why_in_dutch() -> None:
    rules: list[dict[str, Any]] = [{"unit": "groen", "weekdays": [6], "between": ["22:00", "06:00"]}, {"unit": "stad"}]
    routed = table(*rules).route(facts())
    assert routed.unit_why == "Regel regel-1: op zaterdag, tussen 22:00 en 06:00."
    assert (routed.unit, routed.unit_rule) == ("groen", "regel-1")


def test_a_rule_for_a_unit_of_who_does_not_handle_the_report_does_not_fit() -> None:
    assert table({"unit": "wijk"}).route(facts()).unit == "stad"
    assert table({"unit": "wijk"}).route(facts(route_to=["city", "police"])).unit == "wijk"
    assert table({"unit": "net"}).route(facts()).unit == "net"


def test_a_rule_for_a_unit_with_an_area_of_its_own_fits_only_there() -> None:
    def routed(area: dict[str, Any]) -> str:
        units = [one | ({"area": area} if one["code"] == "groen" else {}) for one in UNITS]
        return RoutingTable.model_validate(document({"unit": "groen"}) | {"units": units}).route(facts()).unit

    assert (routed(SQUARE), routed(FAR)) == ("groen", "stad")


@pytest.mark.parametrize(("route", "unit"), [("city", "stad"), ("police", "politie")])
def test_without_a_rule_each_report_gets_the_standard_unit(route: str, unit: str) -> None:
    routed = shipped_routing().route(facts(route_to=[route]))
    assert (routed.unit, routed.unit_rule) == (unit, None)
    assert routed.unit_why.startswith("Geen regel past")


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (document({"unit": "niemand"}), "unit_missing"),
        (document() | {"standard": {"city": "politie", "police": "stad"}}, "standard_unfit"),
        (document() | {"units": [one | {"area": SQUARE} for one in UNITS]}, "standard_has_area"),
        (document({"unit": "stad", "area": {"type": "Point", "coordinates": [4, 50]}}), "area_unfit"),
        (document({"unit": "stad"}, {"unit": "stad", "code": "regel-1"}), "repeated_code"),
        (document({"unit": "stad", "between": ["22:00:00Z", "06:00"]}), "hour_with_offset"),
        (document({"unit": "stad", "between": ["22:00", "06:00+01:00"]}), "hour_with_offset"),
    ],
)
def test_wrong_units_and_rules_are_refused_when_they_are_proposed(wrong: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as refused:
        RoutingDocument.model_validate(wrong)
    assert kind in {error["type"] for error in refused.value.errors()}


@pytest.mark.parametrize(
    ("category", "unit"), [("verdacht gedrag", "politie"), ("sluikstort", "stad"), ("lawaaihinder", "stad")]
)
@pytest.mark.parametrize("route", [["city", "police"], ["police", "city"]])
async def test_a_triage_to_both_gives_the_standard_unit_of_the_first_handler_of_the_category(
    category: str, unit: str, route: list[str]
) -> None:
    desk = await a_desk()
    await desk.act("triage", POLICE, category=category, route_to=route)
    assert desk.report.unit == unit


async def in_force(store: InMemory, *rules: dict[str, Any]) -> None:
    body = {"valid_from": date(2026, 11, 24), "why": "Nieuwe ploeg.", "document": document(*rules)}
    proposed = ProposeRouting.model_validate(body)
    edition = await handlers.propose_edition(EditionKind.ROUTING, proposed, CITY, GIVEN, store)
    await handlers.approve_edition(EditionKind.ROUTING, edition.number, POLICE, "1", GIVEN, store)


async def a_routed_desk() -> Desk:
    desk = await a_desk()
    await in_force(desk.store, {"unit": "groen", "categories": ["zwerfvuil"]})
    return desk


async def test_each_report_keeps_its_unit_and_why_and_the_event_tells_the_unit() -> None:
    store = InMemory()
    await in_force(store, {"unit": "groen", "categories": ["zwerfvuil"]})
    report = await accept(store, category="zwerfvuil")
    assert (report.unit, report.unit_rule, report.routing_edition) == ("groen", "regel-1", 1)
    assert report.unit_why == "Regel regel-1: soort zwerfvuil."
    assert {event.unit for event in report.accepted()} == {"groen"}


async def test_a_triage_to_another_category_chooses_the_unit_again() -> None:
    desk = await a_routed_desk()
    await desk.act("assign", unit="stad")
    events = await desk.act("triage", category="zwerfvuil")
    assert (desk.report.unit, desk.report.assignee) == ("groen", None)
    assert {event.unit for event in events if isinstance(event, IncidentAssigned)} == {"groen"}
    await desk.act("assign", unit="stad")
    await desk.act("triage", category="zwerfvuil", severity="Severe")
    assert desk.report.unit == "stad"


async def test_a_clerk_gives_a_report_to_a_unit_and_to_themself_and_no_event_tells_of_the_person() -> None:
    desk = await a_routed_desk()
    events = await desk.act("assign", unit="groen")
    assert (desk.report.unit, desk.report.assignee) == ("groen", CITY.actor)
    assert [(event.TOPIC.name, event.unit) for event in events if isinstance(event, IncidentAssigned)] == [
        ("bin.incidents", "groen"),
        ("bin.city-incidents", "groen"),
    ]
    colleague = "p" + "7" * 32
    assert await desk.act("assign", unit=None, assignee=colleague) == []
    assert (desk.report.unit, desk.report.assignee) == ("groen", colleague)
    step = desk.store.steps[desk.report_id][-1]
    assert (step.unit, step.assignee, step.note) == ("groen", colleague, "Ik kijk ernaar.")


async def test_of_two_clerks_who_assign_the_second_is_told_that_it_changed() -> None:
    desk = await a_routed_desk()
    await desk.act("assign", unit="groen")
    with pytest.raises(DomainError, match="version_changed"):
        await desk.act("assign", unit="stad", seen="1")


@pytest.mark.parametrize(("unit", "code"), [("niemand", "unit_unknown"), ("wijk", "unit_unfit")])
async def test_a_unit_that_does_not_exist_or_cannot_have_the_report_is_refused(unit: str, code: str) -> None:
    desk = await a_routed_desk()
    with pytest.raises(DomainError, match=code):
        await desk.act("assign", unit=unit)


async def test_a_closed_report_cannot_be_assigned() -> None:
    desk = await a_routed_desk()
    await desk.move_to("RESOLVED")
    with pytest.raises(DomainError, match="transition_refused"):
        await desk.act("assign")


def test_a_dry_run_ends_in_time_with_as_many_of_the_newest_reports_as_it_could_try() -> None:
    told = facts().model_dump() | {"latitude": 50.95, "longitude": 4.05, "postcode": "9300", "answers": "{}"}
    rows = [told | {"reference": f"R{number}"} for number in range(20)]
    both = table(), table({"unit": "groen"})
    assert trial.tried(rows, both, "41002", seconds=0) == []
    assert trial.tried(rows, both, "41002")[:2] == [("R0", "stad", "groen"), ("R1", "stad", "groen")]


def test_a_dry_run_counts_what_each_unit_gains_and_loses_with_examples() -> None:
    chosen = [("A", "stad", "groen"), ("B", "stad", "groen"), ("C", "stad", "stad"), ("D", "politie", "politie")]
    found = trial.compared(chosen, is_whole=True)
    assert (found.reports, found.changed) == (4, 2)
    units = {one.unit: (one.now, one.then, one.gained, one.lost) for one in found.units}
    assert units == {"groen": (0, 2, 2, 0), "politie": (1, 1, 0, 0), "stad": (3, 1, 0, 2)}
    assert [(one.before, one.after, one.count, one.examples) for one in found.moves] == [
        ("stad", "groen", 2, ["A", "B"])
    ]
