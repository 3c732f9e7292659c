"""Police and coordinators write alerts: who may write, change, return and release one, and what each step records."""

import itertools
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from unit.notifier.notifier_deeds import ROLES, by, refuse, release
from unit.notifier.notifier_memory import (
    LAT,
    LON,
    NOW,
    OFFICER,
    OTHER,
    OUTGOING,
    Memory,
    area,
    area_east,
    incident,
    judged,
    network,
    proposed,
)

from buurtsein_contracts.events import AlertProposed, AlertReleased, AlertReturned
from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError, ProblemKind
from buurtsein_notifier import cap, commands, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.domain.steps import StepKind, faults

TEXTS = {
    "nl": {
        "event": "Verdachte deurverkoop",
        "headline": "Iemand verkoopt aan de deur als elektricien. Verdacht? Bel 101.",
        "description": "De politie kreeg een oproep over iemand die zich als elektricien voordoet.",
        "instruction": "Laat niemand binnen die u niet verwacht. Ziet u iets verdachts? Bel meteen 101.",
    }
}
PLACE = {"longitude": LON, "latitude": LAT, "metres": 50}
COORDINATOR, CHIEF = "p" + "3" * 32, "p" + "4" * 32


def call(**changes: Any) -> commands.Write:
    """Return the command of an officer who writes a hot alert after a call."""
    values = {"kind": "HOT", "category": "verdacht gedrag", "texts": TEXTS, "place": PLACE}
    return commands.Write.model_validate({name: one for name, one in (values | changes).items() if one is not None})


def officer(actor: str = OFFICER, *roles: str) -> By:
    return By(actor, "", frozenset(roles) or ROLES)


async def written(store: Memory, command: commands.Write | None = None, who: By | None = None) -> Alert:
    made = await handlers.write(command or call(), who or officer(), store.given, store)
    return await store.alert(made.alert_id)


async def put_forward(store: Memory, alert: Alert, actor: str = OFFICER) -> Alert:
    await handlers.propose(alert.alert_id, commands.Propose(), await by(store, alert, actor), store.given, store)
    return await store.alert(alert.alert_id)


async def edited(store: Memory, alert: Alert, actor: str = OTHER, **changes: Any) -> Alert:
    command = commands.Edit.model_validate(changes)
    await handlers.edit(alert.alert_id, command, await by(store, alert, actor), store.given, store)
    return await store.alert(alert.alert_id)


async def returned(store: Memory, alert: Alert, actor: str = OTHER) -> Alert:
    command = commands.Return(reason="Zeg waar het is.")
    await handlers.give_back(alert.alert_id, command, await by(store, alert, actor), store.given, store)
    return await store.alert(alert.alert_id)


def steps(store: Memory, alert: Alert) -> list[StepKind]:
    return [one.kind for one in store.steps[alert.alert_id]]


async def test_an_alert_from_a_call_is_released_by_somebody_who_did_not_write_it() -> None:
    store = Memory(network())
    alert = await put_forward(store, await written(store))
    with pytest.raises(DomainError) as refused:
        await release(store, alert, store.given)
    assert (refused.value.code, refused.value.kind) == ("own_alert", ProblemKind.FORBIDDEN)
    alert = await release(store, alert, store.given, OTHER)
    proposal, event = store.events
    assert isinstance(proposal, AlertProposed)
    assert isinstance(event, AlertReleased)
    assert (proposal.rule, proposal.report_ids, event.actors) == ("police/1", [], [OTHER])
    (info,) = cap.from_xml(store.queued[0].xml).info
    assert info.headline == f"OEFENING: {TEXTS['nl']['headline']}"
    assert steps(store, alert) == ["drafted", "proposed", "released"]


async def test_who_changes_or_returns_an_alert_does_not_release_it() -> None:
    store, alert = await proposed()
    alert = await edited(store, alert, OFFICER, valid_minutes=60)
    alert = await returned(store, alert, OTHER)
    assert (alert.state, alert.authors) == (AlertState.RETURNED, [OFFICER, OTHER])
    assert isinstance(store.events[-1], AlertReturned)
    alert = await put_forward(store, await edited(store, alert, OFFICER, severity="Minor"))
    for actor in (OFFICER, OTHER):
        with pytest.raises(DomainError, match="own_alert"):
            await release(store, alert, store.given, actor)
    assert (await release(store, alert, store.given, CHIEF)).state is AlertState.RELEASED


async def test_an_edit_lapses_the_releases_and_proposes_the_alert_anew() -> None:
    store, alert = await proposed("vermissing", 1)
    await release(store, alert, store.given)
    alert = await edited(store, alert, OTHER, severity="Extreme")
    assert (alert.state, alert.releases) == (AlertState.PROPOSED, [])
    assert [type(event) for event in store.events] == [AlertProposed]


async def test_a_release_of_an_older_text_is_refused_with_the_difference() -> None:
    store = Memory(network())
    alert = await put_forward(store, await written(store))
    read = await by(store, alert, CHIEF)
    texts = {"nl": TEXTS["nl"] | {"headline": "Iemand verkoopt aan de deur. Verdacht? Bel 101."}}
    await edited(store, alert, OTHER, texts=texts)
    with pytest.raises(DomainError, match="version_changed") as refused:
        await handlers.release(alert.alert_id, read, store.given, store)
    assert refused.value.kind is ProblemKind.STALE
    assert refused.value.members["difference"] == [
        {"field": "texts.nl.headline", "before": TEXTS["nl"]["headline"], "after": texts["nl"]["headline"]}
    ]


async def test_in_an_emergency_one_person_releases_and_the_korpschef_judges_it_afterwards() -> None:
    store = Memory(network())
    alert = await put_forward(store, await written(store))
    command = commands.BreakGlass(reason="De dader is nu in de straat.")
    await handlers.break_glass(alert.alert_id, command, await by(store, alert), store.given, store)
    event = store.events[-1]
    assert isinstance(event, AlertReleased)
    assert (event.actors, event.break_glass, len(store.queued)) == ([OFFICER], True, 1)
    verdict = commands.Audit(verdict="justified", reason="Er was geen tijd.")
    with pytest.raises(DomainError, match="own_alert"):
        await handlers.audit(alert.alert_id, verdict, await by(store, alert), store.given, store)
    await handlers.audit(alert.alert_id, verdict, await by(store, alert, CHIEF), store.given, store)
    broken = store.only_alert.break_glass
    assert broken
    assert (broken.verdict, broken.audited_by) == ("justified", CHIEF)
    with pytest.raises(DomainError, match="nothing_to_audit"):
        await handlers.audit(alert.alert_id, verdict, await by(store, alert, CHIEF), store.given, store)


async def test_without_a_mandated_officer_no_hot_alert_but_a_cold_one() -> None:
    store = Memory(network(officers=()))
    alert = await put_forward(store, await written(store))
    with pytest.raises(DomainError, match="no_network_left") as refused:
        await release(store, alert, store.given, OTHER)
    assert "heeft geen gemandateerde politieambtenaar" in refused.value.detail
    alert = await edited(store, alert, OFFICER, kind="COLD")
    assert (await release(store, alert, store.given, OTHER)).state is AlertState.RELEASED


@pytest.mark.parametrize(("days", "goes"), [(0, True), (-1, False)])
async def test_an_upgrade_sends_hot_alerts_without_a_mandate_until_its_last_day(days: int, goes: bool) -> None:
    last = NOW.date() + timedelta(days=days)
    store = Memory(network(officers=()))
    given = replace(store.given, outgoing=replace(OUTGOING, unmandated_until=last))
    alert = await put_forward(store, await written(store))
    if goes:
        assert (await release(store, alert, given, OTHER)).state is AlertState.RELEASED
    else:
        with pytest.raises(DomainError, match="no_network_left"):
            await release(store, alert, given, OTHER)


async def test_the_audience_is_every_network_with_be_alert_that_the_area_touches() -> None:
    near, without = network(area=area_east(0, 200)), network(area=area_east(0, 200), be_alert_version=None)
    far = network(area=area_east(2000, 2100))
    store = Memory(near, without, far)
    drawn = area_east(100, 300).model_dump(mode="json")
    alert = await written(store, call(place=None, area=drawn))
    assert alert.network_ids == [near.network_id]
    with pytest.raises(DomainError, match="no_network_left"):
        await written(store, call(place=None, area=area_east(5000, 5100).model_dump(mode="json")))


async def test_a_network_that_is_recognised_while_the_alert_waits_is_added_and_the_releases_lapse() -> None:
    store = Memory(network())
    two = replace(store.given, police_release=Release.TWO_OFFICERS)
    made = await handlers.write(call(), officer(), two, store)
    alert = await put_forward(store, await store.alert(made.alert_id))
    alert = await release(store, alert, store.given, OTHER)
    assert len(alert.releases) == 1
    newcomer = network()
    await store.know(newcomer)
    await handlers.network_changed(None, newcomer.known, store.given, store)
    alert = await store.alert(alert.alert_id)
    assert (alert.network_ids[-1], alert.releases) == (newcomer.network_id, [])
    assert steps(store, alert)[-1] is StepKind.AUDIENCE_GREW


async def test_a_mandated_officer_decides_only_for_their_networks() -> None:
    store = Memory(network(officers=[OTHER]))
    with pytest.raises(DomainError, match="not_mandated"):
        await written(store, who=officer(OFFICER, "mandated-officer"))
    alert = await put_forward(store, await written(store))
    alert.release_roles = frozenset(ROLES)
    seen = replace(await by(store, alert, OTHER), roles=frozenset({"mandated-officer"}))
    await handlers.release(alert.alert_id, seen, store.given, store)
    assert store.only_alert.state is AlertState.RELEASED


async def test_an_alert_that_starts_from_a_report_belongs_to_it_and_takes_its_place() -> None:
    store, told = Memory(network()), incident(category="lawaaihinder")
    await judged(store, told)
    alert = await written(store, call(place=None, category=None, report_id=str(told.report_id)))
    assert (alert.report_ids, alert.category) == ([told.report_id], "lawaaihinder")
    assert await store.reports_held(alert.alert_id) == 1


async def test_the_texts_of_a_rule_are_a_template() -> None:
    store = Memory(network())
    alert = await written(store, call(texts=None, template="inbrakenreeks"))
    assert alert.texts.headline == "Inbraken in uw buurt (BIN Molenstraat). Verdacht? Bel 101."
    with pytest.raises(DomainError, match="template_unknown"):
        await written(store, call(texts=None, template="bestaat-niet"))


async def test_a_draft_that_is_given_up_or_forgotten_is_told_to_nobody() -> None:
    store = Memory(network())
    first, second = await written(store), await written(store)
    await refuse(store, first, store.given)
    store.clock.set(NOW + timedelta(minutes=store.given.decide_minutes))
    await handlers.expire(second.alert_id, store.given, store)
    assert [one.state for one in store.alerts.values()] == [AlertState.REFUSED, AlertState.EXPIRED]
    assert store.events == []


async def test_a_changed_removed_or_inserted_step_is_found() -> None:
    store = Memory(network())
    alert = await release(store, await put_forward(store, await written(store)), store.given, OTHER)
    kept = store.steps[alert.alert_id]

    def found(*changed: Any) -> list[tuple[int, str]]:
        return [(one.step, one.fault) for one in faults(alert.alert_id, alert.steps, alert.last_step, changed)]

    assert found(*kept) == []
    for number, one in enumerate(kept):
        without = [*kept[:number], *kept[number + 1 :]]
        assert (number + 1, "removed") in found(*without)
        assert found(*without, one.model_copy(update={"why": "iets anders"})) == [(number + 1, "changed")]
    assert found(*kept, kept[-1].model_copy(update={"number": 4})) == [(4, "inserted")]
    shifted = [one.model_copy(update={"number": at}) for at, one in zip(itertools.count(1), kept[1:], strict=False)]
    assert found(*shifted)


async def test_other_networks_can_be_chosen_and_an_unknown_one_is_refused() -> None:
    home, other = network(), network(name="BIN Kerkstraat", area=area(100))
    store = Memory(home, other)
    alert = await edited(store, await written(store), networks=[str(other.network_id)])
    assert (alert.network_ids, alert.area, alert.kind) == ([other.network_id], None, AlertKind.HOT)
    with pytest.raises(DomainError, match="network_unknown"):
        await edited(store, alert, networks=[str(UUID(int=0))])


async def test_two_officers_release_the_same_area_and_the_steps_keep_what_each_released() -> None:
    home = network()
    store = Memory(home)
    two = replace(store.given, police_release=Release.TWO_OFFICERS)
    made = await handlers.write(call(), officer(), two, store)
    alert = await release(store, await put_forward(store, made), store.given, OTHER)
    await store.know(network(network_id=home.network_id, area=area(300)))
    alert = await release(store, alert, store.given, CHIEF)
    assert (alert.state, [one.actor for one in alert.releases]) == (AlertState.PROPOSED, [CHIEF])
    alert = await release(store, alert, store.given, OTHER)
    assert (alert.state, [one.actor for one in alert.releases]) == (AlertState.RELEASED, [CHIEF, OTHER])
    read = [json.loads(one.content or "")["networks"] for one in store.steps[alert.alert_id][-3:]]
    assert read[0] != read[1] == read[2]


async def test_duty_contacts_are_told_anew_of_an_alert_that_is_proposed_again() -> None:
    store, alert = await proposed()
    alert = await put_forward(store, await returned(store, alert))
    assert store.calls_forgotten == [alert.alert_id]


async def test_a_network_that_is_recognised_while_the_alert_is_returned_is_added_without_an_event() -> None:
    store, alert = await proposed()
    alert = await returned(store, alert)
    store.events.clear()
    newcomer = network()
    await store.know(newcomer)
    await handlers.network_changed(None, newcomer.known, store.given, store)
    assert (store.only_alert.network_ids[-1], store.events) == (newcomer.network_id, [])
