"""Tests what the handler that submits a report stores and refuses, with a store in memory."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from unit.reports.reports_memory import (
    CITY,
    CLOCK,
    GIVEN,
    NOW,
    InMemory,
    accept,
    command,
    diverted,
    submit,
    submitted,
)

from buurtsein_contracts.events.member import Language
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import handlers
from buurtsein_reports.commands import SubmitReport
from buurtsein_reports.domain.emergency import Strength
from buurtsein_reports.domain.report import Candidate, Report
from buurtsein_reports.domain.shipped import shipped_categories
from buurtsein_reports.handlers import Dependencies, Sender
from buurtsein_reports.views import Receipt


async def test_a_report_its_contact_and_its_event_are_stored_together() -> None:
    store = InMemory()
    report = await accept(store, contact={"name": "Jan Peeters"})
    assert [contact.name for contact in store.contacts] == ["Jan Peeters"]
    assert [event.key for event in store.events] == [str(report.report_id)]
    assert report.reported_at == CLOCK.now()


async def test_the_event_of_a_report_has_neither_text_nor_reporter() -> None:
    report = await accept(contact={"name": "Jan Peeters", "email": "jan@voorbeeld.be"})
    [event] = report.accepted()
    assert (event.reference, event.text_ref) == (report.reference, f"/v1/reports/{report.report_id}")
    told = event.to_json()
    assert "Jan" not in told
    assert "achterdeur" not in told
    assert "Dorp" not in told


@pytest.mark.parametrize(
    ("category", "topics"),
    [
        ("inbraak", ["bin.incidents"]),
        ("sluikstort", ["bin.incidents", "bin.city-incidents"]),
        ("lawaaihinder", ["bin.incidents", "bin.city-incidents"]),
    ],
)
async def test_the_city_gets_events_only_of_reports_that_it_handles(category: str, topics: list[str]) -> None:
    told = (await accept(category=category)).accepted()
    assert [event.TOPIC.name for event in told] == topics
    assert len({event.to_json() for event in told}) == 1


async def test_the_network_whose_area_holds_the_place_gets_it() -> None:
    around = Candidate(network_id=UUID(int=1), code="BIN-AALST-0001", kind=NetworkKind.BIN)
    holding = Candidate(network_id=UUID(int=2), code="BIN-AALST-0002", kind=NetworkKind.BIN)
    report = await accept(InMemory([(around, {"holds": False}), (holding, {"holds": True})]))
    assert report.network_id == holding.network_id


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": "paranormaal"}, "category_unknown"),
        ({"text": "nummer 85.07.30-033.28"}, "national_number"),
        ({"contact": {"name": "85073003328"}}, "national_number"),
        ({"contact": {"email": "85073003328@voorbeeld.be"}}, "national_number"),
        ({"contact": {"phone": "85.07.30-033.28"}}, "national_number"),
        ({"text": " "}, "text_missing"),
        ({"happened_from": None}, "time_missing"),
        ({"happened_from": datetime(2127, 1, 1, tzinfo=UTC)}, "future"),
        ({"happened_to": datetime(2026, 1, 1, tzinfo=UTC)}, "end_before_start"),
        ({"location": {}}, "location_missing"),
        ({"location": {"postcode": "9300", "latitude": 50.5}}, "location_missing"),
        ({"location": {"latitude": 0, "longitude": 0}}, "outside_area"),
        ({"channel": "hotline"}, "hotline_refused"),
    ],
)
async def test_an_impossible_report_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError, match=f"^{code}$"):
        await accept(**changes)


async def test_a_record_of_another_system_carries_no_national_number() -> None:
    for source in ({"system": "nr-85073003328", "number": "1"}, {"system": "hotline", "number": "85.07.30-033.28"}):
        with pytest.raises(DomainError, match=r"^national_number$"):
            await accept(sender=CITY, channel="hotline", source=source)


async def test_the_first_fault_in_order_is_reported() -> None:
    with pytest.raises(DomainError, match="category_unknown"):
        await accept(category="?", text="85.07.30-033.28", happened_from=None, location={})
    with pytest.raises(DomainError, match="national_number"):
        await accept(text="85.07.30-033.28", happened_from=None, location={})
    with pytest.raises(DomainError, match="time_missing"):
        await accept(happened_from=None, location={})


async def test_the_city_enters_telephone_calls() -> None:
    assert (await accept(sender=CITY, channel="hotline")).channel == "hotline"


async def test_a_record_of_the_hotline_becomes_one_report_for_ever() -> None:
    store, row = InMemory(), {"channel": "hotline", "source": {"system": "hotline", "number": "M-1"}}
    first = await accept(store, CITY, **row)
    assert (first.source_system, first.source_number) == ("hotline", "M-1")
    for changes in ({}, {"text": "iets anders"}, {"category": "paranormaal"}):
        again = await submitted(store, CITY, **row, **changes)
        assert (again.again, again.report.report_id) == (True, first.report_id)
    assert len(store.events) == len(first.accepted())


async def test_a_number_that_is_reused_in_a_new_year_is_refused_with_a_reason() -> None:
    store, row = InMemory(), {"channel": "hotline", "source": {"system": "hotline", "number": "M-1"}}
    await accept(store, CITY, **row)
    with pytest.raises(DomainError, match="source_number_taken"):
        await submit(store, CITY, **row, happened_from=NOW - timedelta(days=365))


async def test_only_the_city_can_name_the_record_of_another_system() -> None:
    with pytest.raises(DomainError, match="hotline_refused"):
        await accept(source={"system": "hotline", "number": "M-1"})


JUST_NOW = NOW - timedelta(minutes=1)


def receipt_of(report: Report, language: Language, given: Dependencies = GIVEN) -> Receipt:
    return Receipt.of(report, shipped_categories().require(report.category), language, given)


def urgency(report: SubmitReport) -> Strength:
    return handlers.urgency(report, shipped_categories().find(report.category), GIVEN, NOW)


@pytest.mark.parametrize(
    ("changes", "strength"),
    [
        ({"danger": True}, Strength.STRONG),
        ({"in_progress": True}, Strength.STRONG),
        ({"happening_now": True}, Strength.STRONG),
        ({"text": "Er staat een man in mijn tuin"}, Strength.STRONG),
        ({"text": "Er staat een man in mijn tuin", "happening_now": False}, Strength.STRONG),
        ({"text": "Er staat een man in mijn tuin", "happening_now": True}, Strength.STRONG),
        ({"text": "De straatlamp is stuk", "happening_now": True}, Strength.STRONG),
        ({"text": "Ze zijn nu bezig!"}, Strength.WEAK),
        ({"text": "Ze zijn nu bezig!", "happening_now": False}, Strength.NONE),
        ({"text": "Ze zijn nu bezig!", "happening_now": True}, Strength.STRONG),
        ({"happened_from": JUST_NOW}, Strength.STRONG),
        ({"category": "brand", "happened_from": JUST_NOW}, Strength.STRONG),
        ({"category": "brand", "happened_from": JUST_NOW, "happening_now": False}, Strength.STRONG),
        ({"category": "sluikstort", "happened_from": JUST_NOW}, Strength.NONE),
        ({"category": "?", "happened_from": JUST_NOW}, Strength.NONE),
        ({"happened_from": datetime(2127, 1, 1, tzinfo=UTC)}, Strength.NONE),
        ({}, Strength.NONE),
    ],
)
def test_an_emergency_is_recognised(changes: dict[str, Any], strength: Strength) -> None:
    assert urgency(command(**changes)) is strength


def test_whoever_reports_an_emergency_gets_the_whole_report_back() -> None:
    sent = command(text="Er staat een man in mijn tuin", contact={"name": "Jan Peeters"})
    refused = handlers.refusal_of(sent, Strength.STRONG, GIVEN.texts)
    assert refused.code == "emergency"
    assert SubmitReport.model_validate(refused.members["report"]) == sent


def test_a_possible_emergency_gets_a_question_in_the_language_of_the_reporter() -> None:
    refused = handlers.refusal_of(command(text="Venez vite", language="fr"), Strength.WEAK, GIVEN.texts)
    assert refused.code == "emergency_question"
    assert refused.members["question"].startswith("Est-ce que cela se passe maintenant")
    assert refused.detail.startswith("Gebeurt dit nu, of is iemand in gevaar?")
    assert "101" in refused.detail
    assert "Est-ce que" in refused.detail
    again = SubmitReport.model_validate(refused.members["report"] | {"happening_now": False})
    assert urgency(again) is Strength.NONE


@pytest.mark.parametrize(
    ("channel", "of_city", "kept"), [("hotline", True, True), ("hotline", False, False), ("web", True, False)]
)
def test_an_urgent_report_is_accepted_only_from_the_hotline(channel: str, of_city: bool, kept: bool) -> None:
    assert handlers.was_answered(command(channel=channel, danger=True), Sender(of_city=of_city)) is kept


async def test_an_urgent_report_from_the_hotline_is_flagged() -> None:
    urgent = "NU BEZIG: twee mannen forceren de voordeur van de buren!"
    report = await accept(sender=CITY, channel="hotline", text=urgent)
    assert report.flags == ["emergency_signs"]
    assert receipt_of(report, Language.NL, GIVEN).flags == ["emergency_signs"]
    assert (await accept()).flags == []


def test_a_house_number_may_have_a_box() -> None:
    assert command(location={"house_number": "303, bus 100"}).location.house_number == "303, bus 100"


@pytest.mark.parametrize(("category", "counted"), [("Inbraak", "inbraak"), ("Jan van hiernaast", "onbekend")])
@pytest.mark.parametrize(
    ("changes", "code"), [({"danger": True}, "emergency"), ({"text": "Ze zijn nu bezig!"}, "emergency_question")]
)
async def test_only_day_and_category_of_an_emergency_are_stored(
    category: str, counted: str, changes: dict[str, Any], code: str
) -> None:
    store = InMemory()
    assert (await diverted(store, category=category, **changes)).code == code
    assert store.emergencies == [(date(2026, 11, 24), counted, code == "emergency_question")]
    assert not store.reports
    assert not store.events


async def test_an_emergency_of_the_first_hour_of_a_belgian_day_counts_for_that_day() -> None:
    store = InMemory()
    CLOCK.set(datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
    try:
        await diverted(store, danger=True)
    finally:
        CLOCK.set(NOW)
    [(day, *_)] = store.emergencies
    assert day == date(2026, 3, 29)


@pytest.mark.parametrize(
    ("category", "url"),
    [
        ("graffiti", "https://online.example"),
        ("vandalisme", "https://online.example"),
        ("winkeldiefstal", "https://online.example"),
        ("diefstal", "https://online.example"),
        ("inbraak", "https://politie.example"),
        ("beschadiging voertuig", "https://politie.example"),
        ("vals geld", "https://politie.example"),
        ("zwerfvuil", None),
    ],
)
async def test_police_on_web_is_offered_only_for_offences_that_it_accepts(category: str, url: str | None) -> None:
    complaint = receipt_of(await accept(category=category), Language.NL, GIVEN).formal_complaint
    assert (complaint and complaint.url) == url
    assert ("Police-on-Web" in (complaint.text if complaint else "")) is (url == "https://online.example")


@pytest.mark.parametrize(
    ("language", "word"), [("nl", "politie bekijkt"), ("fr", "La police"), ("de", "Die Polizei"), ("en", "The police")]
)
async def test_a_receipt_is_in_the_language_of_the_reporter(language: str, word: str) -> None:
    receipt = receipt_of(await accept(language=language), Language(language), GIVEN)
    assert word in receipt.next_step
    assert "101" in receipt.emergency_reminder


async def test_the_receipt_of_an_offence_shows_the_way_to_a_formal_complaint() -> None:
    receipt = receipt_of(await accept(), Language.NL, GIVEN)
    assert receipt.formal_complaint
    assert receipt.formal_complaint.url == "https://politie.example"
    assert "geen aangifte" in receipt.formal_complaint.text
    assert "101" in receipt.emergency_reminder
    assert receipt.advice


async def test_the_receipt_for_litter_offers_no_formal_complaint() -> None:
    assert receipt_of(await accept(category="zwerfvuil"), Language.NL, GIVEN).formal_complaint is None
