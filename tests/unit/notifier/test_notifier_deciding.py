"""What police do with a proposed alert: every refusal, and what the world is told."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from unit.notifier.notifier_memory import NOW, OFFICER, OTHER, OUTGOING, Memory, network, proposed

from buurtsein_contracts.events import AlertCancelled, AlertExpired, AlertFailed, AlertRefused, AlertReleased, AlertSent
from buurtsein_contracts.events.alert import CancelReason, CapStatus, FailureReason, RefusalReason
from buurtsein_contracts.events.geography import Area, Position
from buurtsein_kernel.problems import DomainError, ProblemKind
from buurtsein_notifier import cap, commands, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Network, Obstacle
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.states import AlertState


async def test_a_release_queues_a_valid_cap_message_for_the_members_only() -> None:
    store, alert = await proposed()
    await handlers.release(alert, OFFICER, OUTGOING, store)
    (event,), (message,) = store.events, store.queued
    assert isinstance(event, AlertReleased)
    assert (event.actors, event.status, event.cap_identifier) == ([OFFICER], CapStatus.EXERCISE, message.identifier)
    made = cap.from_xml(message.xml)
    assert (made.status, made.scope, made.restriction) == ("Exercise", "Restricted", "Leden van BIN Molenstraat")
    (info,) = made.info
    assert (info.language, info.headline) == ("nl-BE", "Inbraken in uw buurt (BIN Molenstraat). Verdacht? Bel 101.")
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
    await handlers.release(alert, OFFICER, OUTGOING, store)
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
async def test_what_changed_since_the_proposal_keeps_a_network_from_getting_the_alert(
    change: dict[str, Any], told: str
) -> None:
    store, alert = await proposed()
    (home,) = store.known.values()
    store.known[home.network_id] = network(network_id=home.network_id, **change)
    with pytest.raises(DomainError) as refused:
        await handlers.release(alert, OFFICER, OUTGOING, store)
    assert (refused.value.code, refused.value.kind) == ("no_network_left", ProblemKind.CONFLICT)
    assert told in refused.value.detail
    assert (store.events, store.queued) == ([], [])


async def test_a_network_that_may_no_longer_get_it_does_not_keep_it_from_its_neighbour() -> None:
    store, alert, away = await proposed_for_two()
    store.known[away.network_id] = network(network_id=away.network_id, name=away.name, ended=True)
    await handlers.release(alert, OFFICER, OUTGOING, store)
    (message,) = store.queued
    assert [area.area_desc for area in cap.from_xml(message.xml).info[0].area] == ["BIN Molenstraat"]
    assert [(one.network_id, one.reason) for one in alert.left_out] == [(away.network_id, Obstacle.ENDED)]


async def test_a_network_that_ends_between_release_and_sending_is_taken_out_of_the_message() -> None:
    store, alert, away = await proposed_for_two()
    await handlers.release(alert, OFFICER, OUTGOING, store)
    (message,) = store.queued
    assert await handlers.last_look(alert.alert_id, message.xml, OUTGOING, store) == message.xml
    store.known[away.network_id] = network(network_id=away.network_id, name=away.name, ended=True)
    sent = await handlers.last_look(alert.alert_id, message.xml, OUTGOING, store)
    assert [area.area_desc for area in cap.from_xml(sent).info[0].area] == ["BIN Molenstraat"]
    assert [one.xml for one in store.queued] == [sent]


async def proposed_for_two() -> tuple[Memory, Alert, Network]:
    """An alert for BIN Molenstraat and for another network, which is given."""
    store, alert = await proposed()
    other = network(name="BIN Kerkstraat")
    store.known[other.network_id] = other
    alert.network_ids.append(other.network_id)
    return store, alert, other


async def test_two_officers_are_two_persons() -> None:
    store, alert = await proposed("vermissing", 1)
    await handlers.release(alert, OFFICER, OUTGOING, store)
    assert (alert.state, store.events, store.queued) == (AlertState.PROPOSED, [], [])
    with pytest.raises(DomainError) as refused:
        await handlers.release(alert, OFFICER, OUTGOING, store)
    assert (refused.value.code, refused.value.kind) == ("same_person", ProblemKind.FORBIDDEN)
    await handlers.release(alert, OTHER, OUTGOING, store)
    (event,) = store.events
    assert isinstance(event, AlertReleased)
    assert event.actors == [OFFICER, OTHER]


async def test_what_cap_does_not_allow_is_not_released() -> None:
    store, alert = await proposed()
    (home,) = store.known.values()
    store.known[home.network_id] = home.model_copy(update={"name": "BIN <i>x</i>"})
    alert.texts = alert.texts.model_copy(update={"headline": "<i>x</i>"})
    with pytest.raises(DomainError, match="cap_invalid") as refused:
        await handlers.release(alert, OFFICER, OUTGOING, store)
    assert "HTML" in refused.value.detail
    assert (store.events, store.queued) == ([], [])


async def test_an_installation_for_exercises_cannot_send_for_real() -> None:
    store, alert = await proposed()
    alert.status = CapStatus.ACTUAL
    with pytest.raises(DomainError, match="cap_invalid"):
        await handlers.release(alert, OFFICER, OUTGOING, store)


async def test_an_alert_proposed_as_an_exercise_stays_one_when_the_installation_goes_live() -> None:
    store, alert = await proposed()
    for_real = Outgoing("bin@gemeente.example", CapStatus.ACTUAL, cap.Status.ACTUAL)
    await handlers.release(alert, OFFICER, for_real, store)
    (event,), (message,) = store.events, store.queued
    assert isinstance(event, AlertReleased)
    assert (event.status, cap.from_xml(message.xml).status) == (CapStatus.EXERCISE, cap.Status.EXERCISE)


async def test_what_expired_can_be_neither_released_nor_refused() -> None:
    store, alert = await proposed()
    store.clock = alert.expires_at
    for _ in range(2):
        with pytest.raises(DomainError, match="expired"):
            await handlers.release(alert, OFFICER, OUTGOING, store)
        with pytest.raises(DomainError, match="expired"):
            await handlers.refuse(alert, commands.Refuse(reason=RefusalReason.UNCERTAIN), OFFICER, store)
        await handlers.expire(alert.alert_id, store)
    (event,) = store.events
    assert isinstance(event, AlertExpired)
    assert (alert.state, event.status) == (AlertState.EXPIRED, CapStatus.EXERCISE)


async def test_a_refusal_is_told_and_final() -> None:
    store, alert = await proposed()
    await handlers.refuse(alert, commands.Refuse(reason=RefusalReason.ALREADY_SOLVED), OFFICER, store)
    (event,) = store.events
    assert isinstance(event, AlertRefused)
    assert (event.reason, event.actor) == (RefusalReason.ALREADY_SOLVED, OFFICER)
    with pytest.raises(DomainError) as refused:
        await handlers.release(alert, OFFICER, OUTGOING, store)
    assert (refused.value.code, refused.value.allowed) == ("transition_refused", ())


async def test_only_an_unknown_outcome_is_for_a_person_to_settle() -> None:
    store, alert = await proposed()
    sent, failed = commands.Settle(outcome="sent", reference="BA-1"), commands.Settle(outcome="failed")
    with pytest.raises(DomainError) as refused:
        await handlers.settle(alert, sent, OTHER, store)
    assert (refused.value.code, refused.value.allowed) == ("transition_refused", ("release", "refuse"))
    assert alert.settled_by is None
    await handlers.release(alert, OFFICER, OUTGOING, store)
    (unknown,) = alert.failed("simulator", FailureReason.UNKNOWN, 1, NOW)
    assert isinstance(unknown, AlertFailed)
    assert alert.allowed() == ["settle"]
    await handlers.settle(alert, sent, OTHER, store)
    event = store.events[-1]
    assert isinstance(event, AlertSent)
    assert (event.external_reference, alert.state, store.settled) == ("BA-1", AlertState.SENT, [("sent", "BA-1")])
    assert alert.settled_by == OTHER
    alert.state = AlertState.UNKNOWN
    await handlers.settle(alert, failed, OFFICER, store)
    told = store.events[-1]
    assert isinstance(told, AlertFailed)
    assert (alert.state, alert.settled_by, told.reason) == (AlertState.FAILED, OFFICER, FailureReason.NOT_ARRIVED)


async def test_an_alert_that_was_not_sent_yet_is_taken_back_without_a_message() -> None:
    store, alert = await proposed()
    await handlers.release(alert, OFFICER, OUTGOING, store)
    await handlers.cancel(alert, commands.Cancel(reason=CancelReason.MISTAKE), OTHER, OUTGOING, store)
    told = store.events[-1]
    assert isinstance(told, AlertCancelled)
    assert (told.cap_identifier, told.references, told.actors) == (None, [alert.cap_identifier], [OTHER])
    assert (alert.state, store.queued, alert.allowed()) == (AlertState.CANCELLED, [], [])


async def sent() -> tuple[Memory, Alert]:
    store, alert = await proposed()
    await handlers.release(alert, OFFICER, OUTGOING, store)
    alert.sent("simulator", "BA-1", 1, NOW)
    store.events.clear()
    return store, alert


@pytest.mark.parametrize(
    ("reason", "response"),
    [(CancelReason.SOLVED, "AllClear"), (CancelReason.MISTAKE, "None"), (CancelReason.REPLACED, "None")],
)
async def test_an_alert_that_was_sent_is_called_off_by_a_message_to_the_same_people(
    reason: CancelReason, response: str
) -> None:
    store, alert = await sent()
    store.clock = NOW + timedelta(hours=6)
    await handlers.cancel(alert, commands.Cancel(reason=reason), OTHER, OUTGOING, store)
    first, second = (cap.from_xml(message.xml) for message in store.queued)
    assert (second.msg_type, second.status, second.restriction) == ("Cancel", first.status, first.restriction)
    assert second.references == cap.reference_list([first])
    assert second.identifier == f"bin@gemeente.example.{alert.alert_id}.1"
    (info,) = second.info
    assert (info.response_type, info.area) == ((response,), first.info[0].area)
    assert info.headline == "Reeks inbraken: deze waarschuwing is ingetrokken."
    assert cap.sms_units(info.headline).units == 1
    assert store.queued[1].remarks == ()
    assert (alert.state, store.events) == (AlertState.CANCELLING, [])
    (told,) = alert.sent("simulator", "BA-2", 1, NOW)
    assert isinstance(told, AlertCancelled)
    assert (told.cap_identifier, told.references) == (second.identifier, [first.identifier])
    assert (told.reason, alert.state) == (reason, AlertState.CANCELLED)


async def test_a_cancel_that_fails_leaves_the_alert_sent_and_can_be_tried_again() -> None:
    store, alert = await sent()
    command = commands.Cancel(reason=CancelReason.SOLVED)
    await handlers.cancel(alert, command, OTHER, OUTGOING, store)
    assert alert.failed("simulator", FailureReason.EXPIRED, 3, NOW) == []
    assert (alert.state, alert.allowed()) == (AlertState.SENT, ["cancel"])
    await handlers.cancel(alert, command, OTHER, OUTGOING, store)
    assert store.queued[-1].identifier.endswith(".2")


async def test_a_cancel_of_which_nobody_knows_whether_it_arrived_is_settled_by_a_person() -> None:
    store, alert = await sent()
    await handlers.cancel(alert, commands.Cancel(reason=CancelReason.SOLVED), OTHER, OUTGOING, store)
    assert alert.failed("simulator", FailureReason.UNKNOWN, 1, NOW) == []
    assert (alert.state, alert.allowed()) == (AlertState.CANCELLING, ["settle"])
    await handlers.settle(alert, commands.Settle(outcome="sent"), OFFICER, store)
    assert isinstance(store.events[-1], AlertCancelled)


@pytest.mark.parametrize("state", sorted(set(AlertState) - {AlertState.RELEASED, AlertState.SENT}))
async def test_only_what_was_released_can_be_called_off(state: AlertState) -> None:
    store, alert = await proposed()
    alert.state = state
    with pytest.raises(DomainError) as refused:
        await handlers.cancel(alert, commands.Cancel(reason=CancelReason.SOLVED), OTHER, OUTGOING, store)
    assert (refused.value.code, refused.value.allowed) == ("transition_refused", tuple(alert.allowed()))
    assert (store.events, store.queued) == ([], [])


async def test_who_may_decide_is_written_in_the_rule() -> None:
    _, alert = await proposed()
    alert.require_role({"dispatcher"})
    alert.release_roles = frozenset({"mandated-officer"})
    alert.require_role({"mandated-officer", "officer"})
    with pytest.raises(DomainError, match="role_missing"):
        alert.require_role({"officer", "dispatcher", "korpschef"})


async def test_an_alert_that_is_not_there() -> None:
    with pytest.raises(DomainError, match="alert_unknown"):
        await Memory().alert(uuid4())
