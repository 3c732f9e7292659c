"""Updates, all-clears and feedback to a sent alert need the same release as the alert; feedback has a due date."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from unit.notifier.notifier_deeds import by, cancel, leased, release, settle
from unit.notifier.notifier_memory import NOW, OFFICER, OTHER, Memory, network, proposed
from unit.notifier.test_notifier_writing import CHIEF, TEXTS, put_forward, written

from buurtsein_contracts.events import AlertCancelled, AlertSent, AlertUpdated, FeedbackDue, FeedbackGiven
from buurtsein_contracts.events.alert import CancelReason, CapStatus, Release
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import cap, commands, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.delivery import DeliveryState
from buurtsein_notifier.domain.feedback import USUAL, FeedbackTerm
from buurtsein_notifier.domain.states import AlertState


async def sent(store: Memory, alert: Alert, actor: str = OTHER) -> Alert:
    """Release an alert and deliver its message."""
    await release(store, alert, store.given, actor)
    await handlers.delivered(await leased(store), "simulator", "ref", store.given, store)
    return await store.alert(alert.alert_id)


async def first_sent() -> tuple[Memory, Alert]:
    store, alert = await proposed()
    return store, await sent(store, alert)


async def followed(store: Memory, first: Alert, purpose: str) -> Alert:
    """Write a message that follows a sent alert, propose it for release, and return its alert."""
    command = commands.FollowUp.model_validate({"purpose": purpose, "texts": TEXTS})
    made = await handlers.follow_up(first.alert_id, command, await by(store, first), store.given, store)
    return await put_forward(store, made)


def message(store: Memory) -> cap.CapAlert:
    return cap.from_xml(store.queued[-1].xml)


async def test_an_update_is_released_like_the_first_and_names_all_messages_that_are_valid() -> None:
    store, first = await first_sent()
    update = await followed(store, first, "update")
    with pytest.raises(DomainError, match="own_alert"):
        await release(store, update, store.given)
    await sent(store, update)
    second = await followed(store, first, "update")
    await sent(store, second)
    named = [one.identifier for one in cap.parse_references(message(store).references or "")]
    assert message(store).msg_type is cap.MsgType.UPDATE
    assert named == [first.cap_identifier, (await store.alert(update.alert_id)).cap_identifier]
    event = store.events[-1]
    assert isinstance(event, AlertUpdated)
    assert (event.alert_id, event.references, event.actors) == (first.alert_id, named, [OTHER])
    assert isinstance(store.events[-2], AlertSent)


async def test_an_all_clear_says_that_it_is_over() -> None:
    store, first = await first_sent()
    await sent(store, await followed(store, first, "all_clear"))
    (info,) = message(store).info
    assert (info.urgency, info.response_type) == (cap.Urgency.PAST, (cap.ResponseType.ALL_CLEAR,))


async def test_a_cancellation_names_the_alert_and_its_updates() -> None:
    store, first = await first_sent()
    await sent(store, await followed(store, first, "update"))
    await cancel(store, first, store.given, CancelReason.MISTAKE)
    assert len(cap.parse_references(message(store).references or "")) == 2
    await handlers.delivered(await leased(store), "simulator", None, store.given, store)
    event = store.events[-1]
    assert isinstance(event, AlertCancelled)
    assert len(event.references) == 2


async def test_what_two_released_is_called_off_by_two() -> None:
    store, alert = await proposed("vermissing", 1)
    await release(store, alert, store.given)
    first = await sent(store, alert)
    assert first.release_by is Release.TWO_OFFICERS
    assert (await cancel(store, first, store.given)).state is AlertState.SENT
    with pytest.raises(DomainError, match="same_person"):
        await cancel(store, first, store.given)
    assert (await cancel(store, first, store.given, actor=OTHER)).state is AlertState.CANCELLING
    await handlers.delivered(await leased(store), "simulator", None, store.given, store)
    event = store.events[-1]
    assert isinstance(event, AlertCancelled)
    assert event.actors == [OFFICER, OTHER]


async def test_a_follow_up_of_what_was_called_off_is_not_released() -> None:
    store, first = await first_sent()
    update = await followed(store, first, "update")
    await cancel(store, first, store.given)
    with pytest.raises(DomainError, match="first_called_off"):
        await release(store, update, store.given, OTHER)


async def test_only_the_first_alert_is_followed_and_only_when_it_was_sent() -> None:
    store, alert = await proposed()
    with pytest.raises(DomainError, match="transition_refused"):
        await followed(store, alert, "update")
    first = await sent(store, alert)
    update = await sent(store, await followed(store, first, "update"))
    with pytest.raises(DomainError, match="not_the_first"):
        await followed(store, update, "update")


@pytest.mark.parametrize(
    ("sent_at", "due"),
    [
        (datetime(2026, 11, 24, 12, tzinfo=UTC), datetime(2026, 11, 25, 17, tzinfo=UTC)),
        (datetime(2026, 11, 27, 22, tzinfo=UTC), datetime(2026, 11, 30, 17, tzinfo=UTC)),
        (datetime(2026, 12, 24, 12, tzinfo=UTC), datetime(2026, 12, 28, 17, tzinfo=UTC)),
        (datetime(2026, 7, 20, 23, tzinfo=UTC), datetime(2026, 7, 22, 16, tzinfo=UTC)),
    ],
    ids=["tuesday", "friday night", "Christmas", "National Day, summer time"],
)
def test_feedback_is_due_on_the_next_working_day_at_six_in_the_evening(sent_at: datetime, due: datetime) -> None:
    assert USUAL.due(CapStatus.ACTUAL, sent_at) == due
    earlier = FeedbackTerm(hour=16).due(CapStatus.ACTUAL, sent_at)
    assert earlier == due - timedelta(hours=2)


async def test_an_exercise_opens_no_debt_unless_the_installation_practises_feedback() -> None:
    store, alert = await proposed()
    real = replace(store.given, term=USUAL)
    await release(store, alert, real)
    await handlers.delivered(await leased(store), "simulator", "ref", real, store)
    assert [type(event) for event in store.events[-1:]] == [AlertSent]
    assert (store.only_alert.status, store.only_alert.feedback) == (CapStatus.EXERCISE, None)


async def test_a_hot_alert_opens_a_debt_that_feedback_to_the_members_closes() -> None:
    store, first = await first_sent()
    due = store.events[-1]
    assert isinstance(due, FeedbackDue)
    assert (due.network_ids, due.due_at) == (first.network_ids, datetime(2026, 11, 25, 17, tzinfo=UTC))
    store.clock.set(NOW + timedelta(hours=20))
    await sent(store, await followed(store, first, "feedback"))
    given, updated = store.events[-1], store.events[-2]
    assert isinstance(given, FeedbackGiven)
    assert isinstance(updated, AlertUpdated)
    assert (given.alert_id, given.on_time, given.actor) == (first.alert_id, True, OTHER)
    assert given.cap_identifier == updated.cap_identifier
    assert given.report_ids == sorted(first.report_ids)


async def test_a_cold_message_opens_no_debt() -> None:
    store, alert = await proposed("diefstal", 3)
    await sent(store, alert)
    assert [type(event) for event in store.events[-1:]] == [AlertSent]


async def test_feedback_by_another_way_is_written_down_once_and_late_is_told() -> None:
    store, first = await first_sent()
    store.clock.set(NOW + timedelta(days=3))
    command = commands.Feedback(how="Door de coördinator verteld op de vergadering.")
    await handlers.give_feedback(first.alert_id, command, await by(store, first, CHIEF), store.given, store)
    given = store.events[-1]
    assert isinstance(given, FeedbackGiven)
    assert (given.on_time, given.cap_identifier, given.actor) == (False, None, CHIEF)
    with pytest.raises(DomainError, match="no_feedback_due"):
        await handlers.give_feedback(first.alert_id, command, await by(store, first, CHIEF), store.given, store)


async def test_a_network_that_is_recognised_later_gets_no_follow_up_of_what_it_never_got() -> None:
    store = Memory(network())
    first = await sent(store, await put_forward(store, await written(store)))
    update = await followed(store, first, "update")
    newcomer = network()
    await store.know(newcomer)
    await handlers.network_changed(None, newcomer.known, store.given, store)
    assert update.area == first.area
    assert (await store.alert(update.alert_id)).network_ids == first.network_ids


async def test_an_update_after_the_first_has_expired_still_names_it() -> None:
    store, first = await first_sent()
    store.clock.set(NOW + timedelta(days=1))
    feedback = await followed(store, first, "feedback")
    assert [one.split(",")[1] for one in feedback.references] == [first.cap_identifier]


async def test_an_alert_is_not_called_off_while_a_follow_up_of_it_is_being_sent() -> None:
    store, first = await first_sent()
    update = await followed(store, first, "update")
    await release(store, update, store.given, OTHER)
    with pytest.raises(DomainError, match="follow_up_under_way"):
        await cancel(store, first, store.given)
    await handlers.delivered(await leased(store), "simulator", None, store.given, store)
    assert (await cancel(store, first, store.given)).state is AlertState.CANCELLING
    assert len(cap.parse_references(message(store).references or "")) == 2


async def test_an_alert_is_not_called_off_before_it_is_known_whether_its_follow_up_arrived() -> None:
    store, first = await first_sent()
    update = await followed(store, first, "update")
    await release(store, update, store.given, OTHER)
    held = await leased(store)
    await handlers.given_up(held, "simulator", DeliveryState.UNKNOWN, "ReadTimeout", store.given, store)
    with pytest.raises(DomainError, match="follow_up_under_way"):
        await cancel(store, first, store.given)
    await settle(store, update, store.given, commands.Settle(outcome="failed"))
    assert (await cancel(store, first, store.given)).state is AlertState.CANCELLING


async def test_a_follow_up_that_is_called_off_before_it_was_sent_takes_back_only_itself() -> None:
    store, first = await first_sent()
    update = await followed(store, first, "update")
    await release(store, update, store.given, OTHER)
    update = await cancel(store, update, store.given)
    event = store.events[-1]
    assert isinstance(event, AlertCancelled)
    assert (event.alert_id, event.references) == (update.alert_id, [update.cap_identifier])
    assert (await cancel(store, first, store.given)).state is AlertState.CANCELLING
