"""Judging reports: every finding, with its reason, and when an alert is proposed, joined, or released by itself."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from unit.notifier.notifier_memory import (
    NOW,
    Memory,
    area,
    incident,
    judged,
    network,
    proposed,
    with_rule,
)

from buurtsein_contracts.events import AlertProposed, AlertReleased
from buurtsein_contracts.events.alert import Release
from buurtsein_notifier.domain.alert import AlertState
from buurtsein_notifier.domain.judgement import Finding


async def test_the_third_burglary_nearby_makes_one_proposal_that_says_why() -> None:
    home = network()
    store = Memory(home)
    first, second, third = (incident(home, metres=100 * i) for i in range(3))
    assert await judged(store, first, second) == [Finding.TOO_FEW] * 2
    assert store.judgements[second.report_id, "inbrakenreeks/1"].why == (
        "2 meldingen van inbraak binnen 500 m en 24 uur; nodig: 3."
    )
    assert store.events == []
    assert await judged(store, third) == [Finding.PROPOSED]
    (event,) = store.events
    assert isinstance(event, AlertProposed)
    assert event.why == "3 meldingen van inbraak binnen 500 m en 24 uur in BIN Molenstraat; drempel 3."
    assert {*event.report_ids} == {first.report_id, second.report_id, third.report_id}
    assert event.network_ids == [home.network_id]
    assert store.judgements[first.report_id, "inbrakenreeks/1"].alert_id == event.alert_id
    assert store.queued == []


async def test_a_fourth_joins_the_open_alert_and_the_message_stays() -> None:
    store, alert = await proposed()
    seen = alert.texts
    (home,) = store.known.values()
    fourth = incident(home)
    assert await judged(store, fourth) == [Finding.JOINED]
    assert store.judgements[fourth.report_id, "inbrakenreeks/1"].why.startswith("De melding hoort bij waarschuwing")
    assert store.events == []
    assert fourth.report_id in store.only_alert.report_ids
    assert store.only_alert.texts == seen


async def test_after_a_release_long_ago_or_a_refusal_there_is_a_new_alert() -> None:
    store, alert = await proposed()
    (home,) = store.known.values()
    alert.state, alert.released_at = AlertState.SENT, NOW - timedelta(hours=23)
    assert await judged(store, incident(home)) == [Finding.JOINED]
    alert.released_at = NOW - timedelta(hours=24)
    assert await judged(store, incident(home)) == [Finding.PROPOSED]
    assert len(store.alerts) == 2


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"category": "sluikstort"}, Finding.NO_RULE),
        ({"category": "van morgen"}, Finding.NO_RULE),
        ({"severity": "Minor"}, Finding.TOO_MILD),
        ({"severity": "Apocalyptic"}, Finding.TOO_MILD),
        ({"hours": 48.1}, Finding.TOO_OLD),
        ({"network_id": None}, Finding.NO_NETWORK),
        ({"network_id": uuid4()}, Finding.NO_NETWORK),
        ({"category": "winkeldiefstal"}, Finding.NO_NETWORK),
        ({"metres": 700}, Finding.TOO_FEW),
        ({"hours": 26}, Finding.TOO_FEW),
    ],
)
async def test_what_does_not_make_an_alert(changes: dict[str, Any], finding: Finding) -> None:
    home = network()
    store = Memory(home)
    await judged(store, incident(home), incident(home))
    last = incident(home, **changes)
    assert await judged(store, last) == [finding]
    (why,) = (made.why for key, made in store.judgements.items() if key[0] == last.report_id)
    assert why.endswith(".")
    assert store.events == []


async def test_three_within_48_hours_are_not_three_within_24() -> None:
    home = network()
    store = Memory(home)
    spread = [incident(home, hours=hours) for hours in (40, 20, 1)]
    assert await judged(store, *spread) == [Finding.TOO_FEW] * 3
    assert await judged(store, incident(home, hours=18)) == [Finding.PROPOSED]
    assert len(store.only_alert.report_ids) == 3


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
    home = network(**changes)
    store = Memory(home)
    await judged(store, *[incident(home) for _ in range(3)])
    assert bool(store.alerts) == alerted


async def test_a_fire_outside_any_area_alerts_the_networks_nearby() -> None:
    near = network(area=area(200), name="BIN Dichtbij")
    store = Memory(near)
    assert await judged(store, incident(None, metres=600, category="brand")) == [Finding.PROPOSED]
    assert store.only_alert.network_ids == [near.network_id]
    assert store.only_alert.release_by is Release.TWO_OFFICERS
    assert await judged(store, incident(None, metres=800, category="brand")) == [Finding.NO_NETWORK]


async def test_an_automatic_rule_releases_at_once_and_names_nobody() -> None:
    home = network()
    store = Memory(home)
    await judged(store, incident(home), book=with_rule("inbrakenreeks", min_count=1, release=Release.AUTOMATIC))
    proposal, release = store.events
    assert isinstance(proposal, AlertProposed)
    assert isinstance(release, AlertReleased)
    assert release.actors == []
    assert len(store.queued) == 1


async def test_an_automatic_release_of_what_may_not_leave_stays_a_proposal() -> None:
    home = network(name="<b>BIN</b>")
    store = Memory(home)
    await judged(store, incident(home), book=with_rule("inbrakenreeks", min_count=1, release=Release.AUTOMATIC))
    assert [type(event) for event in store.events] == [AlertProposed]
    assert (store.only_alert.state, store.queued) == (AlertState.PROPOSED, [])
