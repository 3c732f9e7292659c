"""Tests the place of a report: a point, an address of the register, or a description with a neighbourhood."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError
from unit.reports.report_desk import Desk, a_desk
from unit.reports.reports_memory import GIVEN, InMemory, accept, command, submit
from unit.reports.test_routing import SQUARE, in_force

from buurtsein_contracts.events import IncidentAssigned, IncidentRelocated
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.official_addresses import AddressQuery, AddressSourceUnavailable, Match
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import commands, handlers
from buurtsein_reports.domain.neighbourhoods import Neighbourhoods
from buurtsein_reports.domain.report import Candidate, ReportFlag

ADDRESS = {"street": "kerkstr.", "house_number": "12 bus 3", "postcode": "9300"}
DESCRIBED = {"description": "Achter de kerk, aan de beek.", "neighbourhood": "hofstade"}


async def refused(place: dict[str, Any]) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await submit(InMemory(), location=place)
    return caught.value


async def test_a_place_by_address_is_the_point_of_the_official_address() -> None:
    report = await accept(location=ADDRESS)
    assert (report.location.longitude, report.location.latitude) == (4.4, 50.4)
    assert (report.street, report.house_number, report.address_id) == ("Kerkstraat", "12 bus 3", "1")
    assert (report.location.postcode, report.location.within_metres, report.flags) == ("9300", None, [])


async def test_a_point_comes_before_the_address_that_is_with_it() -> None:
    report = await accept(location=ADDRESS | {"latitude": 50.5, "longitude": 4.5})
    assert (report.location.latitude, report.street, report.address_id) == (50.5, "kerkstr.", None)


@pytest.mark.parametrize(
    ("place", "code", "member"),
    [
        (ADDRESS | {"house_number": "99"}, "address_unknown", "suggestions"),
        (ADDRESS | {"house_number": "geen"}, "address_unknown", "suggestions"),
        (
            ADDRESS | {"street": "Molenstraat", "house_number": "5", "postcode": "9308"},
            "address_ambiguous",
            "suggestions",
        ),
        ({"street": "Verweg", "house_number": "1", "postcode": "9300"}, "outside_area", None),
        (DESCRIBED | {"neighbourhood": "Elders"}, "neighbourhood_unknown", "neighbourhoods"),
        ({"description": "Achter de kerk."}, "neighbourhood_unknown", "neighbourhoods"),
        ({"neighbourhood": "Hofstade"}, "location_missing", None),
        (DESCRIBED | {"latitude": 50.5}, "location_missing", None),
        (DESCRIBED | {"description": "bij 85.07.30-033.28"}, "national_number", None),
    ],
    ids=str,
)
async def test_a_place_that_cannot_be_found_is_refused_with_what_resembles_it(
    place: dict[str, Any], code: str, member: str | None
) -> None:
    error = await refused(place)
    assert error.code == code
    assert list(error.members or ()) == ([member] if member else [])


async def test_one_of_several_houses_with_one_address_is_chosen_by_its_id() -> None:
    place = {"street": "Molenstraat", "house_number": "5", "postcode": "9308"}
    suggested = (await refused(place)).members["suggestions"]
    report = await accept(location=suggested[1])
    assert (report.address_id, report.location.longitude) == ("4", 4.35)


async def test_who_cannot_point_at_the_map_describes_the_place_and_it_is_flagged_and_in_no_network() -> None:
    around = Candidate(network_id=UUID(int=1), code="BIN-AALST-0001", kind=NetworkKind.BIN)
    report = await accept(InMemory([(around, {"holds": True})]), location=DESCRIBED)
    assert (report.place_description, report.neighbourhood) == ("Achter de kerk, aan de beek.", "Hofstade")
    assert (report.location.latitude, report.location.within_metres) == (50.6, 1900)
    assert (report.flags, report.network_id) == ([ReportFlag.PLACE_DESCRIBED], None)
    [event] = report.accepted()
    assert event.location.within_metres == 1900
    assert "kerk" not in event.to_json()


async def test_a_clerk_gives_a_described_report_its_real_place_and_the_earlier_one_is_kept() -> None:
    around = Candidate(network_id=UUID(int=1), code="BIN-AALST-0001", kind=NetworkKind.BIN)
    store = InMemory([(around, {"holds": True})])
    described = await accept(store, category="sluikstort", location=DESCRIBED)
    desk = Desk(store, described.report_id)
    events = await desk.act("relocate", location=ADDRESS, reason="De melder belde terug.")
    moved = [event for event in events if isinstance(event, IncidentRelocated)]
    assert [(one.TOPIC.name, one.network_id) for one in moved] == [
        ("bin.incidents", UUID(int=1)),
        ("bin.city-incidents", UUID(int=1)),
    ]
    assert (moved[0].location.latitude, moved[0].location.within_metres) == (50.4, None)
    assert (desk.report.location, desk.report.network_id, desk.report.flags) == (moved[0].location, UUID(int=1), [])
    assert store.earlier_places == [described.location]
    step = store.steps[described.report_id][-1]
    assert (step.number, step.note, step.message) == (2, "De melder belde terug.", None)


async def test_a_report_at_another_place_goes_to_the_unit_of_that_place_unless_both_have_the_same() -> None:
    desk = await a_desk()
    await desk.act("assign", unit="openbaar-domein")
    assert len(await desk.act("relocate")) == 2
    assert desk.report.unit == "openbaar-domein"
    await in_force(desk.store, {"unit": "groen", "area": SQUARE})
    events = await desk.act("relocate", location={"latitude": 50.95, "longitude": 4.05})
    assert {event.unit for event in events if isinstance(event, IncidentAssigned)} == {"groen"}
    assert (desk.report.unit, desk.report.assignee) == ("groen", None)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"latitude": 51.5, "longitude": 4.5}, "outside_area"),
        ({"street": "Kerkstraat", "house_number": "99", "postcode": "9300"}, "address_unknown"),
        ({"street": "Kerkstraat"}, "location_missing"),
        (ADDRESS | {"box": "85.07.30-033.28"}, "national_number"),
    ],
)
async def test_a_clerk_can_give_only_an_exact_place_in_the_municipality(place: dict[str, Any], code: str) -> None:
    desk = await a_desk()
    with pytest.raises(DomainError, match=rf"^{code}$"):
        await desk.act("relocate", location=place)
    with pytest.raises(ValidationError):
        commands.Relocate.model_validate({"location": DESCRIBED, "reason": "Daar."})


class Away:
    """A source of addresses that gives no answer."""

    async def match(self, _asked: AddressQuery) -> Match:
        raise AddressSourceUnavailable


async def test_a_mistake_in_the_report_is_told_before_the_address() -> None:
    store, asked = InMemory(), command(text="", location=ADDRESS)
    given = replace(GIVEN, addresses=Away())
    looked_up = await handlers.look_up(asked.location, given)
    with pytest.raises(DomainError, match=r"^text_missing$"):
        await handlers.submit_report(asked, handlers.Sender(), given, store, looked_up)
    asked = command(location=ADDRESS)
    with pytest.raises(AddressSourceUnavailable):
        await handlers.submit_report(asked, handlers.Sender(), given, store, looked_up)
    assert await store.counts() == [0, 0, 0]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("Hofstade,4.6,50.6,0", "line 2, metres"),
        ("Hofstade,4.6,500,9", "line 2, latitude"),
        (",4,50,9", "line 2, name"),
    ],
)
def test_a_wrong_file_of_neighbourhoods_names_its_line(tmp_path: Path, rows: str, says: str) -> None:
    path = tmp_path / "neighbourhoods.csv"
    path.write_text(f"name,longitude,latitude,metres\n{rows}\n")
    with pytest.raises(ValueError, match=says):
        Neighbourhoods.load(path)
