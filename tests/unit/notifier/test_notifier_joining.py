"""A new report is added to an existing alert that it fits, or else leads to a new proposed alert."""

from datetime import timedelta

import pytest
from unit.notifier.notifier_deeds import by, refuse, release
from unit.notifier.notifier_memory import NOW, Memory, incident, judged, network, proposed, with_rule

from buurtsein_contracts.events import AlertProposed
from buurtsein_contracts.events.alert import RefusalReason, Release
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.domain.joining import OPEN_NEARBY
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.domain.states import AlertState


async def test_a_fourth_report_joins_the_open_alert_and_the_message_stays() -> None:
    store, alert = await proposed()
    read = alert.model_copy(deep=True)
    fourth = incident(metres=-50)
    assert await judged(store, fourth) == [Finding.JOINED]
    assert store.judgements[fourth.report_id, "inbrakenreeks/2"].why == (
        f"De melding hoort bij waarschuwing {alert.alert_id}."
    )
    assert store.events == []
    assert store.only_alert == read
    assert await store.reports_held(alert.alert_id) == 4


async def test_another_burglary_after_a_release_leads_to_a_new_proposal() -> None:
    store, alert = await proposed()
    alert = await release(store, alert, store.given)
    assert await judged(store, incident(metres=-50)) == [Finding.PROPOSED]
    _, again = store.alerts.values()
    assert [(one.alert_id, one.state) for one in again.earlier] == [(alert.alert_id, AlertState.RELEASED)]
    assert await judged(store, incident(metres=-100)) == [Finding.JOINED]
    assert len(store.alerts) == 2


async def test_one_more_report_of_the_same_burglary_shortly_after_its_release_follows_up_on_it() -> None:
    store, alert = await proposed()
    alert = await release(store, alert, store.given)
    again = incident()
    assert await judged(store, again) == [Finding.JOINED]
    assert "al vrijgegeven" in store.judgements[again.report_id, "inbrakenreeks/2"].why
    assert await store.reports_held(alert.alert_id) - (alert.reports_at_release or 0) == 1
    store.clock.set(NOW + timedelta(minutes=61))
    assert await judged(store, incident()) == [Finding.PROPOSED]


async def test_after_its_deadline_nothing_joins_a_proposal() -> None:
    store, alert = await proposed()
    store.clock.set(alert.expires_at)
    assert await judged(store, incident(metres=-50)) == [Finding.PROPOSED]


@pytest.mark.parametrize("category", ["brand", "vermissing"])
async def test_a_second_fire_or_missing_person_leads_to_a_new_proposal(category: str) -> None:
    store, alert = await proposed(category, 1)
    assert await judged(store, incident(metres=200, category=category)) == [Finding.PROPOSED]
    alert.state, alert.released_at = AlertState.SENT, NOW
    assert await judged(store, incident(metres=1000, category=category)) == [Finding.PROPOSED]
    assert len(store.alerts) == 3


async def test_a_witness_of_the_same_fire_joins_while_nobody_decided_and_is_proposed_anew_afterwards() -> None:
    store, alert = await proposed("brand", 1)
    assert await judged(store, incident(category="brand")) == [Finding.JOINED]
    alert.state, alert.released_at = AlertState.SENT, NOW
    assert await judged(store, incident(category="brand"), incident(category="brand")) == ["proposed", "joined"]


async def test_the_number_of_open_proposals_for_fires_near_each_other_is_limited() -> None:
    store = Memory(network())
    findings = await judged(store, *[incident(metres=20 * i, category="brand") for i in range(20)])
    assert findings == ["proposed"] * OPEN_NEARBY + ["joined"] * (20 - OPEN_NEARBY)


async def test_a_fire_elsewhere_that_only_joined_is_proposed_when_the_alert_it_joined_is_refused() -> None:
    store = Memory(network())
    fires = [incident(metres=20 * i, category="brand") for i in range(OPEN_NEARBY + 1)]
    assert (await judged(store, *fires))[-1] == Finding.JOINED
    *_, joined = store.alerts.values()
    await refuse(store, joined, store.given)
    await handlers.judge_left_over(store.given, store)
    *_, newest = store.alerts.values()
    assert newest.report_ids[0] == fires[-1].report_id
    await handlers.judge_left_over(store.given, store)
    assert len(store.alerts) == OPEN_NEARBY + 1


async def test_a_refusal_holds_until_as_many_new_reports_as_the_rule_asks_for() -> None:
    store, alert = await proposed()
    await refuse(store, alert, store.given)
    store.events.clear()
    assert await judged(store, *[incident(metres=100 * i) for i in range(2)]) == [Finding.TOO_FEW] * 2
    assert await judged(store, incident()) == [Finding.TOO_FEW]
    assert store.events == []
    assert await judged(store, incident(metres=200)) == [Finding.PROPOSED]
    (event,) = store.events
    assert isinstance(event, AlertProposed)
    assert not {*event.report_ids} & {*alert.report_ids}
    again = store.alerts[event.alert_id]
    assert [(one.alert_id, one.refusal) for one in again.earlier] == [(alert.alert_id, RefusalReason.INVESTIGATION)]


async def test_a_report_joins_the_alert_that_police_returned_to_be_changed() -> None:
    store, alert = await proposed()
    command = commands.Return(reason="Zeg waar het is.")
    await handlers.give_back(alert.alert_id, command, await by(store, alert), store.given, store)
    assert await judged(store, incident(), incident(metres=-50)) == [Finding.JOINED] * 2
    assert len(store.alerts) == 1


async def test_a_fire_elsewhere_stays_with_the_alert_that_police_returned() -> None:
    store = Memory(network())
    fires = [incident(metres=20 * i, category="brand") for i in range(OPEN_NEARBY + 1)]
    await judged(store, *fires)
    *_, joined = store.alerts.values()
    command = commands.Return(reason="Zeg waar het is.")
    await handlers.give_back(joined.alert_id, command, await by(store, joined), store.given, store)
    await handlers.judge_left_over(store.given, store)
    assert len(store.alerts) == OPEN_NEARBY


async def test_more_reports_of_a_fire_that_a_rule_announced_by_itself_send_no_second_message() -> None:
    store, book = Memory(network()), with_rule("brand", release=Release.AUTOMATIC)
    findings = await judged(store, *[incident(category="brand") for _ in range(4)], book=book)
    assert findings == [Finding.PROPOSED, *[Finding.JOINED] * 3]
    assert (store.only_alert.state, len(store.queued)) == (AlertState.RELEASED, 1)
    store.clock.set(NOW + timedelta(minutes=61))
    assert await judged(store, incident(category="brand"), book=book) == [Finding.PROPOSED]
