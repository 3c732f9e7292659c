"""An alert is sent without a release only if nobody but its rule, or its own coordinator, worked on it."""

from dataclasses import replace
from typing import Any

import pytest
from unit.notifier.notifier_deeds import by, release
from unit.notifier.notifier_memory import (
    LON,
    METRE,
    OFFICER,
    OTHER,
    Memory,
    area_east,
    incident,
    judged,
    network,
    with_rule,
)
from unit.notifier.test_notifier_writing import COORDINATOR, TEXTS, call, edited, officer, returned, written

from buurtsein_contracts.events import AlertProposed
from buurtsein_contracts.events.alert import Release
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.states import AlertState

PLATE = {"nl": TEXTS["nl"] | {"description": "Een witte bestelwagen met nummerplaat 1-ABC-234 rijdt rond."}}


async def drafted(store: Memory, **changes: Any) -> Alert:
    """Store a coordinator's cold draft to the own network, in a zone where such messages are sent without a release."""
    home = next(iter(store.known))
    command = call(**{"kind": "COLD", "place": None, "networks": [str(home)]} | changes)
    given = replace(store.given, coordinators_send=True)
    return await handlers.write(command, officer(COORDINATOR, "coordinator"), given, store)


async def put_forward(store: Memory, alert: Alert, actor: str, *roles: str, accept: str | None = None) -> Alert:
    seen = replace(await by(store, alert, actor), roles=frozenset(roles))
    given = replace(store.given, coordinators_send=True)
    await handlers.propose(alert.alert_id, commands.Propose(accept=accept), seen, given, store)
    return await store.alert(alert.alert_id)


async def test_police_release_a_cold_message_that_a_coordinator_writes_to_their_network() -> None:
    home = network(coordinators=[COORDINATOR])
    store, who = Memory(home), officer(COORDINATOR, "coordinator")
    cold = call(kind="COLD", place=None, networks=[str(home.network_id)])
    alert = await written(store, cold, who)
    seen = replace(await by(store, alert, COORDINATOR), roles=who.roles)
    await handlers.propose(alert.alert_id, commands.Propose(), seen, store.given, store)
    assert (await release(store, alert, store.given)).state is AlertState.RELEASED


@pytest.mark.parametrize(
    ("kind", "coordinators", "code"),
    [("HOT", [COORDINATOR], "hot_by_police_only"), ("COLD", [OTHER], "not_coordinator")],
)
async def test_a_coordinator_writes_nothing_hot_and_nothing_to_others(
    kind: str, coordinators: list[str], code: str
) -> None:
    home = network(coordinators=coordinators)
    store, command = Memory(home), call(kind=kind, place=None, networks=[str(home.network_id)])
    with pytest.raises(DomainError, match=code):
        await written(store, command, officer(COORDINATOR, "coordinator"))
    assert store.alerts == {}


async def test_a_cold_message_of_a_coordinator_leaves_at_once_where_the_zone_says_so() -> None:
    home = network(coordinators=[COORDINATOR])
    store, who = Memory(home), officer(COORDINATOR, "coordinator")
    given = replace(store.given, coordinators_send=True)
    made = await handlers.write(call(kind="COLD", place=None, networks=[str(home.network_id)]), who, given, store)
    seen = replace(await by(store, made, COORDINATOR), roles=who.roles)
    await handlers.propose(made.alert_id, commands.Propose(), seen, given, store)
    assert (store.only_alert.state, len(store.queued)) == (AlertState.RELEASED, 1)


async def test_an_alert_of_an_automatic_rule_that_an_officer_rewrote_needs_another_officer() -> None:
    store = Memory(network(officers=[]))
    await judged(store, incident(), book=with_rule("inbrakenreeks", min_count=1, release=Release.AUTOMATIC))
    alert = await returned(store, store.only_alert, OFFICER)
    alert = await edited(store, alert, OFFICER, kind="COLD", texts=TEXTS)
    alert = await put_forward(store, alert, OFFICER, "officer")
    assert (alert.state, store.queued) == (AlertState.PROPOSED, [])
    proposal = store.events[-1]
    assert isinstance(proposal, AlertProposed)
    assert proposal.release is Release.OFFICER
    with pytest.raises(DomainError, match="own_alert"):
        await release(store, alert, store.given, OFFICER)
    assert (await release(store, alert, store.given, OTHER)).state is AlertState.RELEASED


async def test_where_two_officers_release_two_release_an_alert_that_one_of_them_rewrote() -> None:
    store = Memory(network(officers=[]))
    await judged(store, incident(), book=with_rule("inbrakenreeks", min_count=1, release=Release.AUTOMATIC))
    given, alert = replace(store.given, police_release=Release.TWO_OFFICERS), store.only_alert
    command = commands.Edit.model_validate({"kind": "COLD"})
    await handlers.edit(alert.alert_id, command, await by(store, alert, OFFICER), given, store)
    assert (await release(store, alert, given, OTHER)).state is AlertState.PROPOSED


async def test_a_change_of_a_proposed_alert_of_an_automatic_rule_tells_that_an_officer_releases_it() -> None:
    store = Memory(network(officers=[]))
    await judged(store, incident(), book=with_rule("inbrakenreeks", min_count=1, release=Release.AUTOMATIC))
    await edited(store, store.only_alert, OFFICER, kind="COLD")
    proposal = store.events[-1]
    assert isinstance(proposal, AlertProposed)
    assert proposal.release is Release.OFFICER


@pytest.mark.parametrize("change", [{"kind": "HOT"}, {"texts": TEXTS}, {"valid_minutes": 60}])
@pytest.mark.parametrize("proposer", [(COORDINATOR, "coordinator"), (OFFICER, "officer"), (OTHER, "officer")])
async def test_a_coordinators_message_that_police_changed_waits_for_a_release(
    change: dict[str, Any], proposer: tuple[str, str]
) -> None:
    store = Memory(network(coordinators=[COORDINATOR]))
    alert = await edited(store, await drafted(store), OFFICER, **change)
    if change == {"kind": "HOT"} and proposer[1] == "coordinator":
        with pytest.raises(DomainError, match="hot_by_police_only"):
            await put_forward(store, alert, *proposer)
    else:
        alert = await put_forward(store, alert, *proposer)
        assert (alert.state, alert.release_by) == (AlertState.PROPOSED, Release.OFFICER)
    assert store.queued == []


async def test_a_coordinator_cannot_alone_send_a_text_that_seems_to_name_somebody() -> None:
    store = Memory(network(coordinators=[COORDINATOR]))
    alert = await drafted(store, texts=PLATE)
    with pytest.raises(DomainError, match="text_sensitive"):
        await put_forward(store, alert, COORDINATOR, "coordinator")
    alert = await put_forward(store, alert, COORDINATOR, "coordinator", accept="De plaat hoort bij onze bus.")
    assert (alert.state, store.queued) == (AlertState.PROPOSED, [])


async def test_a_draft_that_only_its_coordinator_changed_is_still_sent_at_once() -> None:
    store = Memory(network(coordinators=[COORDINATOR]))
    alert, who = await drafted(store), officer(COORDINATOR, "coordinator")
    seen = replace(await by(store, alert, COORDINATOR), roles=who.roles)
    await handlers.edit(alert.alert_id, commands.Edit.model_validate({"valid_minutes": 60}), seen, store.given, store)
    alert = await put_forward(store, alert, COORDINATOR, "coordinator")
    assert (alert.state, len(store.queued)) == (AlertState.RELEASED, 1)


async def test_a_coordinators_area_that_now_touches_another_network_is_refused() -> None:
    home = network(coordinators=[COORDINATOR], area=area_east(-400, 400))
    store = Memory(home)
    alert = await drafted(store, networks=None, place={"longitude": LON + 380 * METRE, "latitude": 50.94, "metres": 50})
    await store.know(network(name="BIN Kerkstraat", area=area_east(410, 900)))
    with pytest.raises(DomainError, match="not_coordinator"):
        await put_forward(store, alert, COORDINATOR, "coordinator")
    assert (store.only_alert.state, store.events) == (AlertState.DRAFT, [])


async def test_a_person_who_is_no_longer_coordinator_cannot_propose_a_draft() -> None:
    home = network(coordinators=[COORDINATOR])
    store = Memory(home)
    alert = await drafted(store)
    await store.know(network(network_id=home.network_id))
    with pytest.raises(DomainError, match="not_coordinator"):
        await put_forward(store, alert, COORDINATOR, "coordinator")


async def test_a_draft_whose_time_is_over_cannot_be_proposed() -> None:
    store = Memory(network(coordinators=[COORDINATOR]))
    alert = await drafted(store)
    store.clock.set(alert.expires_at)
    with pytest.raises(DomainError, match="expired"):
        await put_forward(store, alert, COORDINATOR, "coordinator")
