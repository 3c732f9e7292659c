"""The notifier judges a report: each result with its reason, and when an alert is proposed or released."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from unit.notifier.notifier_memory import (
    LON,
    METRE,
    NOW,
    Memory,
    area,
    area_east,
    incident,
    judged,
    network,
    with_rule,
)

from buurtsein_contracts.events import AlertProposed, AlertReleased
from buurtsein_contracts.events.alert import CapStatus, Release
from buurtsein_notifier import cap, handlers
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.states import AlertState


async def test_the_third_burglary_nearby_makes_one_proposal_that_says_why() -> None:
    home = network()
    store = Memory(home)
    first, second, third = (incident(metres=100 * i) for i in range(3))
    assert await judged(store, first, second) == [Finding.TOO_FEW] * 2
    assert store.judgements[second.report_id, "inbrakenreeks/2"].why == (
        "2 meldingen over inbraak binnen 500 m en 24 uur; nodig: 3."
    )
    assert store.events == []
    assert await judged(store, third) == [Finding.PROPOSED]
    (event,) = store.events
    assert isinstance(event, AlertProposed)
    assert event.why == "3 meldingen over inbraak binnen 500 m en 24 uur in BIN Molenstraat; drempel 3."
    assert {*event.report_ids} == {first.report_id, second.report_id, third.report_id}
    assert event.network_ids == [home.network_id]
    assert store.judgements[first.report_id, "inbrakenreeks/2"].alert_id == event.alert_id
    assert store.queued == []


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"category": "sluikstort"}, Finding.NO_RULE),
        ({"category": "van morgen"}, Finding.NO_RULE),
        ({"has_exact_place": False}, Finding.VAGUE_PLACE),
        ({"severity": "Minor"}, Finding.TOO_MILD),
        ({"severity": "Apocalyptic"}, Finding.TOO_MILD),
        ({"hours": 48.1}, Finding.TOO_OLD),
        ({"metres": 1501}, Finding.NO_NETWORK),
        ({"category": "winkeldiefstal"}, Finding.NO_NETWORK),
        ({"metres": 700}, Finding.TOO_FEW),
        ({"hours": 26}, Finding.TOO_FEW),
    ],
)
async def test_reports_that_lead_to_no_alert(changes: dict[str, Any], finding: Finding) -> None:
    store = Memory(network())
    await judged(store, incident(), incident(metres=100))
    last = incident(**{"metres": 50} | changes)
    assert await judged(store, last) == [finding]
    (why,) = (made.why for key, made in store.judgements.items() if key[0] == last.report_id)
    assert why.endswith(".")
    assert store.events == []


async def test_only_reports_within_the_hours_of_the_rule_count() -> None:
    store = Memory(network())
    spread = [incident(hours=hours) for hours in (40, 20, 1)]
    assert await judged(store, *spread) == [Finding.TOO_FEW] * 3
    assert await judged(store, incident(hours=18)) == [Finding.PROPOSED]
    assert len(store.only_alert.report_ids) == 3


@pytest.mark.parametrize(
    ("metres", "hours", "finding"), [(10, 0.9, "too_few"), (30, 0.9, "proposed"), (10, 3, "proposed")]
)
async def test_reports_of_likely_the_same_burglary_count_once(metres: float, hours: float, finding: str) -> None:
    store = Memory(network())
    await judged(store, incident(metres=200), incident())
    assert await judged(store, incident(metres=metres, hours=hours)) == [finding]


async def test_identical_reports_are_one_fact_and_the_officer_sees_both_numbers() -> None:
    store = Memory(network())
    same = [incident() for _ in range(3)]
    assert await judged(store, *same) == [Finding.TOO_FEW] * 3
    assert store.judgements[same[-1].report_id, "inbrakenreeks/2"].why == (
        "3 meldingen over inbraak binnen 500 m en 24 uur, waarschijnlijk over 1 feit; nodig: 3."
    )
    assert await judged(store, incident(metres=100)) == [Finding.TOO_FEW]
    assert await judged(store, incident(metres=200)) == [Finding.PROPOSED]
    alert = store.only_alert
    assert (alert.facts, alert.reports, len(alert.report_ids)) == (3, 5, 5)
    assert alert.why.startswith("5 meldingen over inbraak binnen 500 m en 24 uur, waarschijnlijk over 3 feiten in BIN")
    assert "3 feiten" in alert.texts.description


@pytest.mark.parametrize(
    ("changes", "alerted"),
    [
        ({"recognised_from": None}, False),
        ({"recognised_from": date(2026, 11, 25)}, False),
        ({"recognised_until": date(2026, 11, 23)}, False),
        ({"recognised_until": date(2026, 11, 24)}, True),
        ({"be_alert_version": None}, False),
        ({"suspended_from": date(2026, 11, 24)}, False),
        ({"suspended_from": date(2026, 11, 25)}, True),
        ({"suspended_from": date(2026, 11, 1), "suspended_until": date(2026, 11, 23)}, True),
        ({"ended": True}, False),
    ],
)
async def test_only_a_network_that_can_be_alerted_today_is_alerted(changes: dict[str, Any], alerted: bool) -> None:
    store = Memory(network(**changes))
    await judged(store, *[incident(metres=100 * i) for i in range(3)])
    assert bool(store.alerts) == alerted


async def test_the_judgement_says_why_a_network_cannot_be_alerted() -> None:
    store = Memory(network(be_alert_version=None))
    last = incident()
    assert await judged(store, last) == [Finding.NO_NETWORK]
    assert store.judgements[last.report_id, "inbrakenreeks/2"].why == "BIN Molenstraat heeft BE-Alert niet aanvaard."


async def test_a_burst_across_a_border_counts_and_goes_to_both_networks() -> None:
    west, east = network(area=area_east(-300, 0)), network(area=area_east(0, 300), name="BIN Kaai")
    store = Memory(west, east)
    places = [{"longitude": LON + metres * METRE} for metres in (-60, -30, 20)]
    await judged(store, *[incident(**place) for place in places])
    assert {*store.only_alert.network_ids} == {west.network_id, east.network_id}
    assert store.only_alert.network_ids[0] == east.network_id


async def test_traders_and_residents_at_the_same_place_both_get_the_alert() -> None:
    residents, traders = network(), network(kind="BIN-Z", name="BIN-Z Markt")
    store = Memory(residents, traders)
    await judged(store, *[incident(metres=100 * i) for i in range(3)])
    assert {*store.only_alert.network_ids} == {residents.network_id, traders.network_id}


async def test_a_rule_for_traders_does_not_alert_residents() -> None:
    residents, traders = network(), network(kind="BIN-Z", name="BIN-Z Markt")
    store = Memory(residents, traders)
    await judged(store, *[incident(metres=100 * i, category="winkeldiefstal") for i in range(2)])
    assert store.only_alert.network_ids == [traders.network_id]


async def test_a_fire_outside_any_area_alerts_the_networks_nearby() -> None:
    near = network(area=area(200), name="BIN Dichtbij")
    store = Memory(near)
    assert await judged(store, incident(metres=600, category="brand")) == [Finding.PROPOSED]
    assert store.only_alert.network_ids == [near.network_id]
    assert store.only_alert.release_by is Release.TWO_OFFICERS
    assert await judged(store, incident(metres=800, category="brand")) == [Finding.NO_NETWORK]


async def test_an_automatic_rule_releases_at_once_and_names_nobody() -> None:
    store = Memory(network())
    await judged(store, incident(), book=with_rule("inbrakenreeks", min_count=1, release=Release.AUTOMATIC))
    proposal, release = store.events
    assert isinstance(proposal, AlertProposed)
    assert isinstance(release, AlertReleased)
    assert release.actors == []
    assert len(store.queued) == 1


async def test_an_automatic_release_of_a_forbidden_message_stays_a_proposal() -> None:
    store = Memory(network())
    as_real = Outgoing("bin@gemeente.example", CapStatus.ACTUAL, cap.Status.EXERCISE)
    book = with_rule("inbrakenreeks", min_count=1, release=Release.AUTOMATIC)
    await handlers.judge(incident(), replace(store.given, book=book, outgoing=as_real), store)
    assert [type(event) for event in store.events] == [AlertProposed]
    assert (store.only_alert.state, store.queued) == (AlertState.PROPOSED, [])


async def test_the_age_of_a_report_counts_from_its_latest_possible_moment() -> None:
    began, told = NOW - timedelta(hours=60), NOW
    rule = with_rule("inbrakenreeks")
    assert rule.moment("inbraak", began, NOW - timedelta(hours=2), told) == NOW - timedelta(hours=2)
    assert rule.moment("inbraak", began, None, told) == told
    assert rule.moment("inbraak", NOW - timedelta(hours=67), None, told) == NOW - timedelta(hours=67)
    assert rule.moment("inbraak", began, None, None) == began
    assert rule.moment("brand", began, None, told) == began
    assert rule.moment("brand", began, NOW + timedelta(hours=1), told) == told


async def test_places_that_were_only_described_make_no_series_however_many_there_are() -> None:
    store = Memory(network())
    vague = [incident(has_exact_place=False) for _ in range(5)]
    assert await judged(store, *vague, incident(), incident()) == [Finding.VAGUE_PLACE] * 5 + [Finding.TOO_FEW] * 2
