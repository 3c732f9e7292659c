"""Tests the rules for a report's category, time, text, place and network."""

import re
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from unit.reports.reports_memory import accept

from buurtsein_contracts.events.incident import Category, ReportChannel
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.national_number import has_national_number
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.commands import SubmitReport
from buurtsein_reports.domain import report as rules
from buurtsein_reports.domain.report import Candidate
from buurtsein_reports.domain.shipped import shipped_categories
from buurtsein_reports.domain.tracking import Tracking, is_right, sha256

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CATEGORIES = shipped_categories()


@pytest.mark.parametrize("name", ["BESCHADIGING VOERTUIG", " beschadiging  voertuig ", "Beschadiging\tVoertuig"])
def test_a_category_is_found_in_any_letter_case(name: str) -> None:
    assert CATEGORIES.require(name).category == Category.VEHICLE_DAMAGE


@pytest.mark.parametrize("name", ["", "???", "PARANORMAAL"])
def test_another_category_is_refused(name: str) -> None:
    with pytest.raises(DomainError, match="category_unknown"):
        CATEGORIES.require(name)


@pytest.mark.parametrize(
    "text",
    [
        "De dader is gekend, rijksregisternummer 85.07.30-033.28.",
        "85073003328",
        "85 07 30 033 28",
        "nr 85/07/30\u2013033/28 ok",
        "85.07.30-033.28 2 keer gezien",
        "\uff18\uff15.07.30-033.28",
        "85\u200b07\u200b30\u200b033\u200b28",
        "BIS 98.47.28-997.65",
        "piet85073003328@voorbeeld.be",
    ],
)
def test_a_national_number_is_recognised_however_written(text: str) -> None:
    assert has_national_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "85.07.30-033.29",
        "bel 0472 12 34 56 of 053 73 73 73",
        "KBO 0403.019.261",
        "rekening BE68 5390 0754 7034",
        "1985073003328",
        "van 17/11/2026 tot 18/11/2026",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not has_national_number(text)


def test_no_belgian_mobile_number_is_taken_for_a_national_number() -> None:
    numbers = (f"+324{n:08d}" for n in range(71_230_000, 71_231_000))
    assert not any(map(has_national_number, numbers))
    assert not any(has_national_number(f"0032 4{n:08d}") for n in range(71_230_000, 71_230_500))


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (None, None, "time_missing"),
        (None, NOW, "time_missing"),
        (NOW + timedelta(minutes=6), None, "future"),
        (NOW, NOW + timedelta(hours=1), "future"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14))), None, "future"),
        (NOW, NOW - timedelta(seconds=1), "end_before_start"),
    ],
)
def test_an_impossible_time_is_refused(start: datetime | None, end: datetime | None, code: str) -> None:
    with pytest.raises(DomainError, match=code):
        rules.check_time(start, end, NOW)


def test_a_clock_may_be_five_minutes_fast() -> None:
    assert rules.check_time(NOW + timedelta(minutes=5), None, NOW) == NOW + timedelta(minutes=5)


def test_text_is_needed() -> None:
    with pytest.raises(DomainError, match="text_missing"):
        rules.require_text("")


def test_only_the_city_enters_what_came_by_telephone() -> None:
    rules.require_hotline_rights(ReportChannel.WEB, has_source=False, of_city=False)
    rules.require_hotline_rights(ReportChannel.HOTLINE, has_source=True, of_city=True)
    with pytest.raises(DomainError, match="hotline_refused"):
        rules.require_hotline_rights(ReportChannel.HOTLINE, has_source=False, of_city=False)


def network(code: str, kind: NetworkKind) -> Candidate:
    return Candidate(network_id=UUID(int=int(code[-4:])), code=code, kind=kind)


BIN_1, BIN_2 = network("BIN-AALST-0001", NetworkKind.BIN), network("BIN-AALST-0002", NetworkKind.BIN)
BIN_Z = network("BINZ-AALST-0003", NetworkKind.BIN_Z)


async def chosen(networks: list[Candidate], category: str) -> UUID | None:
    """Return the code of the network to which a report of this category is assigned."""
    report = await accept(category=category)
    return rules.network_for(networks, trader=report.trader)


async def test_residents_come_first_then_the_lowest_code() -> None:
    assert await chosen([BIN_Z, BIN_2, BIN_1], "inbraak") == BIN_1.network_id


async def test_for_shoplifting_the_traders_come_first() -> None:
    assert await chosen([BIN_1, BIN_Z], "winkeldiefstal") == BIN_Z.network_id
    assert await chosen([BIN_2], "winkeldiefstal") == BIN_2.network_id


async def test_a_place_without_network_has_none() -> None:
    assert await chosen([], "inbraak") is None


def test_references_are_readable_and_differ() -> None:
    references = {rules.new_reference() for _ in range(200)}
    assert len(references) == 200
    assert not set("01OILU") & set("".join(references))


def test_a_tracking_token_fits_only_its_own_report() -> None:
    tracking, mine, other = Tracking("k" * 32), uuid4(), uuid4()
    assert tracking.token(mine) == tracking.token(mine)
    assert is_right(tracking.token(mine), tracking.digest(mine))
    assert not is_right(tracking.token(other), tracking.digest(mine))
    assert not is_right(None, tracking.digest(mine))
    assert not is_right(tracking.token(mine), None)
    assert tracking.digest(mine) == sha256(tracking.token(mine))
    assert len(tracking.token(mine)) == 32


def test_misleading_characters_are_removed_from_text() -> None:
    command = SubmitReport(text=" cafe\u0301 \u202egnirts\u0000\u2066 einde\n", category="andere")
    assert command.text == "café gnirts einde"
    assert SubmitReport.model_validate({"contact": {"email": "a\0@b.be"}}).contact.email == "a@b.be"


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x" * 3001},
        {"category": "x" * 61},
        {"happened_from": "2026-11-20T10:00:00"},
        {"happened_from": "0001-01-01T00:00:00+14:00"},
        {"location": {"latitude": 91, "longitude": 4}},
        {"location": {"latitude": "nan", "longitude": 4}},
        {"contact": {"email": "geen adres"}},
        {"reporter": "Jan"},
        {"text": "\ud800"},
    ],
)
def test_a_body_that_is_not_a_report_is_invalid(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SubmitReport.model_validate(body)


@pytest.mark.parametrize(
    "typed",
    [
        "\u202d0471 12 34 56\u202c",
        "0471\u00a012\u00a034\u00a056",
        "0471\u201112\u201134\u201156",
        "0471\u201312\u201334\u201356",
        "0471\u2212123456",
        "\uff10471 12 34 56",
        "0471\u2009123456",
        "\ufeff 0471/12.34.56 ",
    ],
)
def test_a_telephone_number_is_taken_as_it_was_copied(typed: str) -> None:
    phone = SubmitReport.model_validate({"contact": {"phone": typed}}).contact.phone
    assert phone
    assert re.sub("[^0-9]", "", phone) == "0471123456"
    assert phone.isascii()


def test_invisible_characters_are_removed_from_copied_fields() -> None:
    place = {"postcode": "\u200b9300\u00a0", "house_number": "12\u00a0bus\u202f3"}
    command = SubmitReport.model_validate({"location": place, "contact": {"email": "\u202ajan@voorbeeld.be\u202c "}})
    assert (command.location.postcode, command.location.house_number) == ("9300", "12 bus 3")
    assert command.contact.email == "jan@voorbeeld.be"


@pytest.mark.parametrize(
    "typed",
    [
        "D5ER-8D8K",
        "D5ER8D8K",
        "D5ER 8D8K",
        "D5ER\u20138D8K",
        "d5er-8d8k",
        " d5er\u00a08d8k ",
        "D5ER - 8D8K",
        "D5ER\u200b-8D8K.",
    ],
)
def test_a_reference_is_found_however_it_was_typed(typed: str) -> None:
    assert rules.read_reference(typed) == "D5ER-8D8K"


def test_digits_inside_the_number_of_another_system_are_no_national_number() -> None:
    assert has_national_number("7d271117-00037")
    command = SubmitReport.model_validate({"source": {"system": "hotline", "number": "7d271117-00037"}})
    assert not any(has_national_number(text) for text in command.texts() if text)
