"""Which events are recorded when a released alert is sent, fails, has an unknown outcome or is cancelled."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from unit.notifier.notifier_deeds import cancel, leased, release, settle
from unit.notifier.notifier_memory import NOW, OFFICER, OTHER, Memory, incident, judged, network, proposed

from buurtsein_contracts.events import AlertCancelled, AlertFailed, AlertSent, FeedbackDue
from buurtsein_contracts.events.alert import CancelReason, FailureReason
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import cap, commands, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.delivery import DeliveryState, OverdueDelivery
from buurtsein_notifier.domain.network_members import NetworkMembers, Reached
from buurtsein_notifier.domain.states import AlertState


async def unknown() -> tuple[Memory, Alert]:
    """Store an alert whose delivery has an unknown outcome, and return it."""
    store, alert = await proposed()
    alert = await release(store, alert, store.given)
    assert await handlers.given_up(await leased(store), "simulator", DeliveryState.UNKNOWN, "away", store.given, store)
    return store, await store.alert(alert.alert_id)


async def test_only_an_unknown_outcome_can_be_settled_by_a_person() -> None:
    store, alert = await proposed()
    with pytest.raises(DomainError) as refused:
        await settle(store, alert, store.given, commands.Settle(outcome="sent"), OTHER)
    assert (refused.value.code, refused.value.allowed) == ("transition_refused", tuple(alert.allowed()))
    assert (await store.alert(alert.alert_id)).settled_by is None


async def test_a_message_that_arrived_after_all_is_recorded_as_sent() -> None:
    store, alert = await unknown()
    assert isinstance(store.events[-1], AlertFailed)
    assert alert.allowed() == ["settle"]
    alert = await settle(store, alert, store.given, commands.Settle(outcome="sent", reference="BA-1"), OTHER)
    event = store.events[-2]
    assert isinstance(event, AlertSent)
    assert (event.external_reference, alert.state, store.settled) == ("BA-1", AlertState.SENT, [("sent", "BA-1")])
    assert alert.settled_by == OTHER


async def test_a_message_that_never_arrived_is_recorded_as_failed() -> None:
    store, alert = await unknown()
    alert = await settle(store, alert, store.given, commands.Settle(outcome="failed"))
    told = store.events[-1]
    assert isinstance(told, AlertFailed)
    assert (alert.state, alert.settled_by, told.reason) == (AlertState.FAILED, OFFICER, FailureReason.NOT_ARRIVED)


async def test_a_partly_delivered_message_costs_nothing_for_a_network_that_it_missed() -> None:
    one, other = network(), network(code="BIN-GEMEENTE-0002")
    store = Memory(one, other)
    for home in (one, other):
        member = {str(uuid4()): Reached(language="nl", channels=("sms",))}
        store.members[home.network_id] = NetworkMembers(network_id=home.network_id, members=member)
    await judged(store, *[incident(metres=100 * i) for i in range(3)])
    await release(store, store.only_alert, store.given)
    partly = replace(await leased(store), reached=frozenset({str(one.network_id)}))
    assert await handlers.given_up(partly, "simulator", DeliveryState.FAILED, "http_400", store.given, store)
    (event,) = (found for found in store.events if isinstance(found, AlertSent))
    assert event.not_reached == [other.network_id]
    assert [(cost.network_id, cost.units) for cost in event.costs or []] == [(one.network_id, 1)]


async def test_what_the_peer_says_settles_an_unknown_outcome_once() -> None:
    store, alert = await unknown()
    assert await handlers.found_out(alert.alert_id, "sent", "BA-1", store.given, store)
    assert not await handlers.found_out(alert.alert_id, "failed", None, store.given, store)
    assert isinstance(store.events[-2], AlertSent)
    assert (store.only_alert.state, store.only_alert.settled_by) == (AlertState.SENT, None)


async def test_a_delivery_with_a_known_outcome_cannot_be_settled() -> None:
    store, alert = await unknown()
    store.states.clear()
    store.deliveries.clear()
    with pytest.raises(DomainError, match="transition_refused"):
        await settle(store, alert, store.given, commands.Settle(outcome="sent"))


async def test_an_alert_that_was_not_sent_yet_is_cancelled_without_a_message() -> None:
    store, alert = await proposed()
    await release(store, alert, store.given)
    alert = await cancel(store, alert, store.given, CancelReason.MISTAKE, OTHER)
    told = store.events[-1]
    assert isinstance(told, AlertCancelled)
    assert (told.cap_identifier, told.references, told.actors) == (None, [alert.cap_identifier], [OTHER])
    assert (alert.state, store.queued, alert.allowed()) == (AlertState.CANCELLED, [], [])


async def sent() -> tuple[Memory, Alert]:
    store, alert = await proposed()
    alert = await release(store, alert, store.given)
    assert await handlers.delivered(await leased(store), "simulator", "BA-1", store.given, store)
    assert [type(event) for event in store.events[-2:]] == [AlertSent, FeedbackDue]
    store.events.clear()
    return store, await store.alert(alert.alert_id)


@pytest.mark.parametrize(
    ("reason", "response"),
    [(CancelReason.SOLVED, "AllClear"), (CancelReason.MISTAKE, "None"), (CancelReason.REPLACED, "None")],
)
async def test_an_alert_that_was_sent_is_cancelled_by_a_message_to_the_same_people(
    reason: CancelReason, response: str
) -> None:
    store, alert = await sent()
    store.clock.set(NOW + timedelta(hours=6))
    alert = await cancel(store, alert, store.given, reason, OTHER)
    first, second = (cap.from_xml(message.xml) for message in store.queued)
    assert (second.msg_type, second.status, second.restriction) == ("Cancel", first.status, first.restriction)
    assert second.references == cap.reference_list([first])
    assert second.identifier == f"bin@gemeente.example.{alert.alert_id}.1"
    (info,) = second.info
    assert (info.response_type, info.area) == ((response,), first.info[0].area)
    assert info.headline == "OEFENING: Reeks inbraken: deze waarschuwing is ingetrokken."
    assert cap.sms_units(info.headline).units == 1
    assert store.queued[1].remarks == ()
    assert (alert.state, store.events) == (AlertState.CANCELLING, [])
    assert await handlers.delivered(await leased(store), "simulator", "BA-2", store.given, store)
    (told,) = store.events
    assert isinstance(told, AlertCancelled)
    assert (told.cap_identifier, told.references) == (second.identifier, [first.identifier])
    assert (told.reason, store.only_alert.state) == (reason, AlertState.CANCELLED)


async def test_a_cancel_that_fails_leaves_the_alert_sent_and_can_be_tried_again() -> None:
    store, alert = await sent()
    await cancel(store, alert, store.given)
    *_, waiting = store.deliveries.values()
    overdue = OverdueDelivery(waiting.delivery_id, alert.alert_id, "simulator", frozenset(), None, None)
    assert await handlers.expired(overdue, store.given, store) == 1
    assert (store.only_alert.state, store.only_alert.allowed(), store.events) == (
        AlertState.SENT,
        ["cancel", "follow_up"],
        [],
    )
    await cancel(store, alert, store.given)
    assert store.queued[-1].identifier.endswith(".2")


async def test_a_cancelling_message_with_an_unknown_outcome_is_settled_by_a_person() -> None:
    store, alert = await sent()
    alert = await cancel(store, alert, store.given)
    doubtful = await leased(store)
    assert await handlers.given_up(doubtful, "simulator", DeliveryState.UNKNOWN, "away", store.given, store)
    assert (store.only_alert.state, store.only_alert.allowed()) == (AlertState.CANCELLING, ["settle"])
    assert store.events == []
    await settle(store, alert, store.given, commands.Settle(outcome="sent"))
    assert isinstance(store.events[-1], AlertCancelled)


async def test_a_worker_that_lost_its_lease_changes_nothing() -> None:
    store, alert = await proposed()
    alert = await release(store, alert, store.given)
    held = await leased(store)
    assert await handlers.delivered(held, "simulator", "BA-1", store.given, store)
    events, kept = list(store.events), await store.alert(alert.alert_id)
    assert not await handlers.given_up(held, "simulator", DeliveryState.FAILED, "http_400", store.given, store)
    assert not await handlers.delivered(held, "simulator", "BA-1", store.given, store)
    assert (store.events, await store.alert(alert.alert_id)) == (events, kept)
