"""How the police decide on a proposed alert: what is refused, and which events are recorded."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from unit.notifier.notifier_deeds import by, cancel, leased, refuse, release
from unit.notifier.notifier_memory import NOW, OFFICER, OTHER, Memory, area, network, proposed

from buurtsein_contracts.events import AlertExpired, AlertRefused, AlertReleased
from buurtsein_contracts.events.alert import CapStatus, RefusalReason
from buurtsein_contracts.events.geography import Area, Position
from buurtsein_kernel.problems import DomainError, ProblemKind
from buurtsein_notifier import cap, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Network, Obstacle
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.states import AlertState


async def test_a_release_queues_a_valid_cap_message_for_the_members_only() -> None:
    store, alert = await proposed()
    await release(store, alert, store.given)
    (event,), (message,) = store.events, store.queued
    assert isinstance(event, AlertReleased)
    assert (event.actors, event.status, event.cap_identifier) == ([OFFICER], CapStatus.EXERCISE, message.identifier)
    made = cap.from_xml(message.xml)
    assert (made.status, made.scope, made.restriction) == ("Exercise", "Restricted", "Leden van BIN Molenstraat")
    (info,) = made.info
    assert (info.language, info.headline) == (
        "nl-BE",
        "OEFENING: Inbraken in uw buurt (BIN Molenstraat). Verdacht? Bel 101.",
    )
    assert info.expires == NOW + timedelta(minutes=240)
    (home,) = store.known.values()
    assert [(one.value_name, one.value) for one in info.area[0].geocode] == [
        ("NIS", "41002"),
        ("BIN", str(home.network_id)),
    ]
    assert cap.check_schema(message.xml) == []


@pytest.mark.parametrize(
    ("ring", "polygons"),
    [
        (
            [
                *((4.02, 50.956), (4.023, 50.956), (4.023, 50.957), (4.0235, 50.9570002)),
                *((4.023, 50.9570004), (4.023, 50.958), (4.02, 50.958), (4.02, 50.956)),
            ],
            1,
        ),
        ([(4.02, 50.94), (4.0200001, 50.94), (4.02, 50.9400001), (4.02, 50.94)], 0),
    ],
    ids=["a spike that closes at six decimals", "too small to be drawn"],
)
async def test_an_area_approved_before_areas_were_cleaned_can_be_alerted(ring: list[Position], polygons: int) -> None:
    store, alert = await proposed()
    (home,) = store.known.values()
    store.known[home.network_id] = home.model_copy(update={"area": Area(coordinates=[ring])})
    await release(store, alert, store.given)
    assert len(cap.from_xml(store.queued[0].xml).info[0].area[0].polygon) == polygons


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"suspended_from": date(2026, 11, 1)}, "is geschorst"),
        ({"ended": True}, "bestaat niet meer"),
        ({"recognised_until": date(2026, 11, 23)}, "niet erkend"),
        ({"be_alert_version": None}, "heeft BE-Alert niet aanvaard"),
    ],
)
async def test_a_network_that_can_no_longer_be_alerted_stops_the_release(change: dict[str, Any], told: str) -> None:
    store, alert = await proposed()
    (home,) = store.known.values()
    store.known[home.network_id] = network(network_id=home.network_id, **change)
    with pytest.raises(DomainError) as refused:
        await release(store, alert, store.given)
    assert (refused.value.code, refused.value.kind) == ("no_network_left", ProblemKind.CONFLICT)
    assert told in refused.value.detail
    assert (store.events, store.queued) == ([], [])


async def test_a_network_that_may_no_longer_get_the_alert_does_not_block_its_neighbour() -> None:
    store, alert, away = await proposed_for_two()
    store.known[away.network_id] = network(network_id=away.network_id, name=away.name, ended=True)
    alert = await release(store, alert, store.given)
    (message,) = store.queued
    assert [area.area_desc for area in cap.from_xml(message.xml).info[0].area] == ["BIN Molenstraat"]
    assert [(one.network_id, one.reason) for one in alert.left_out] == [(away.network_id, Obstacle.ENDED)]


async def test_a_network_that_ends_between_release_and_sending_is_taken_out_of_the_message() -> None:
    store, alert, away = await proposed_for_two()
    await release(store, alert, store.given)
    (message,) = store.queued
    waiting = await leased(store)
    assert (await handlers.look_before_sending(waiting, store.given, store)).xml == message.xml
    (home, _) = store.known.values()
    store.known[home.network_id] = home.model_copy(update={"name": "BIN Kaai", "area": area(300)})
    store.known[away.network_id] = network(network_id=away.network_id, name=away.name, ended=True)
    sent = (await handlers.look_before_sending(waiting, store.given, store)).xml
    released, left = cap.from_xml(message.xml), cap.from_xml(sent)
    assert left.info[0].area == released.info[0].area[:1], "the area and name that police released"
    assert (left.restriction, left.sent) == ("Leden van BIN Molenstraat", released.sent)
    assert [one.xml for one in store.queued] == [sent]
    assert [one.reason for one in store.only_alert.left_out] == [Obstacle.ENDED]


async def proposed_for_two() -> tuple[Memory, Alert, Network]:
    """Store a proposed alert for two networks: BIN Molenstraat and the given network."""
    store, alert = await proposed()
    other = network(name="BIN Kerkstraat")
    store.known[other.network_id] = other
    alert.network_ids.append(other.network_id)
    return store, alert, other


async def test_the_second_release_needs_another_person() -> None:
    store, alert = await proposed("vermissing", 1)
    alert = await release(store, alert, store.given)
    assert (alert.state, store.events, store.queued) == (AlertState.PROPOSED, [], [])
    with pytest.raises(DomainError) as refused:
        await release(store, alert, store.given)
    assert (refused.value.code, refused.value.kind) == ("same_person", ProblemKind.FORBIDDEN)
    await release(store, alert, store.given, OTHER)
    (event,) = store.events
    assert isinstance(event, AlertReleased)
    assert event.actors == [OFFICER, OTHER]


async def test_an_alert_that_breaks_the_cap_rules_is_not_released() -> None:
    store, alert = await proposed()
    (home,) = store.known.values()
    store.known[home.network_id] = home.model_copy(update={"name": "BIN <i>x</i>"})
    alert.texts = alert.texts.model_copy(update={"headline": "<i>x</i>"})
    with pytest.raises(DomainError, match="cap_invalid") as refused:
        await release(store, alert, store.given)
    assert "HTML" in refused.value.detail
    assert (store.events, store.queued) == ([], [])


async def test_an_installation_for_exercises_cannot_send_real_alerts() -> None:
    store, alert = await proposed()
    alert.status = CapStatus.ACTUAL
    with pytest.raises(DomainError, match="cap_invalid"):
        await release(store, alert, store.given)


async def test_an_alert_proposed_as_an_exercise_stays_an_exercise() -> None:
    store, alert = await proposed()
    for_real = Outgoing("bin@gemeente.example", CapStatus.ACTUAL, cap.Status.ACTUAL)
    await release(store, alert, replace(store.given, outgoing=for_real))
    (event,), (message,) = store.events, store.queued
    assert isinstance(event, AlertReleased)
    assert (event.status, cap.from_xml(message.xml).status) == (CapStatus.EXERCISE, cap.Status.EXERCISE)


async def test_an_expired_alert_can_be_neither_released_nor_refused() -> None:
    store, alert = await proposed()
    store.clock.set(alert.expires_at)
    for _ in range(2):
        with pytest.raises(DomainError, match="expired"):
            await release(store, alert, store.given)
        with pytest.raises(DomainError, match="expired"):
            await refuse(store, alert, store.given, RefusalReason.UNCERTAIN)
        await handlers.expire(alert.alert_id, store.given, store)
    (event,) = store.events
    assert isinstance(event, AlertExpired)
    assert (store.only_alert.state, event.status) == (AlertState.EXPIRED, CapStatus.EXERCISE)


async def test_a_refusal_is_recorded_and_final() -> None:
    store, alert = await proposed()
    await refuse(store, alert, store.given, RefusalReason.ALREADY_SOLVED)
    (event,) = store.events
    assert isinstance(event, AlertRefused)
    assert (event.reason, event.actor) == (RefusalReason.ALREADY_SOLVED, OFFICER)
    with pytest.raises(DomainError) as refused:
        await release(store, alert, store.given)
    assert (refused.value.code, refused.value.allowed) == ("transition_refused", ())


async def test_a_decision_on_an_older_version_of_the_alert_is_refused() -> None:
    store, alert = await proposed()
    seen = await by(store, alert)
    alert.texts = alert.texts.model_copy(update={"headline": "Iets anders."})
    with pytest.raises(DomainError, match="version_changed") as refused:
        await handlers.release(alert.alert_id, seen, store.given, store)
    assert (refused.value.kind, store.events, store.queued) == (ProblemKind.STALE, [], [])


@pytest.mark.parametrize("state", sorted(set(AlertState) - {AlertState.RELEASED, AlertState.SENT}))
async def test_only_a_released_alert_can_be_cancelled(state: AlertState) -> None:
    store, alert = await proposed()
    alert.state = state
    with pytest.raises(DomainError) as refused:
        await cancel(store, alert, store.given)
    assert (refused.value.code, refused.value.allowed) == ("transition_refused", tuple(alert.allowed()))
    assert (store.events, store.queued) == ([], [])


async def test_only_the_roles_in_the_rule_may_decide() -> None:
    _, alert = await proposed()
    alert.require_role({"dispatcher"})
    alert.release_roles = frozenset({"mandated-officer"})
    alert.require_role({"mandated-officer", "officer"})
    with pytest.raises(DomainError, match="role_missing"):
        alert.require_role({"officer", "dispatcher", "korpschef"})


async def test_an_unknown_alert_is_not_found() -> None:
    with pytest.raises(DomainError, match="alert_unknown"):
        await Memory().alert(uuid4())


async def test_a_change_of_an_alert_that_is_not_saved_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store returns copies, so that a handler's changes to an alert are lost unless the handler saves them."""
    store, alert = await proposed()

    async def nothing(_: Alert) -> None:
        pass

    monkeypatch.setattr(store, "save_alert", nothing)
    released = await handlers.release(alert.alert_id, await by(store, alert), store.given, store)
    assert (released.state, store.only_alert.state) == (AlertState.RELEASED, AlertState.PROPOSED)
