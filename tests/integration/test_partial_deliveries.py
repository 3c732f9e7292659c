"""When a peer accepts a message for some networks, only the others get it again; limits and failures stop sending."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from integration.deliveries_scene import Scripted, alter, due, later_events, row, state, typed
from integration.notifier_scene import LIVE, released
from unit.notifier.test_cap_signature import signer

from buurtsein_chassis.database import Database
from buurtsein_notifier import cap, jobs
from buurtsein_notifier.adapters import CannotSay, Delivered, NotAllowed, Outcome, Partly, Refused, TryAgain, Unknown
from buurtsein_notifier.adapters.limits import Limits
from buurtsein_notifier.cap.signature import verified
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.store import breaker

OTHER = "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f80ff"


class ByNetwork(Scripted):
    """A fake adapter that can send a message to some networks only; `targets` keeps the networks of each such call."""

    def __init__(self, *sends: Outcome, again: Sequence[Outcome] = (), **more: Any) -> None:
        super().__init__(sends, **more)
        self.again = list(again)
        self.targets: list[frozenset[str]] = []

    async def send_to(self, identifier: str, xml: bytes, targets: frozenset[str]) -> Outcome:
        self.targets.append(targets)
        self.sends.insert(0, self.again.pop(0))
        return await self.send(identifier, xml)


class Keeping(Scripted):
    """A fake adapter that keeps the message which it last got to send."""

    messages: list[bytes]

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        self.messages = [xml]
        return await super().send(identifier, xml)


async def for_two_networks(database: Database) -> tuple[Alert, str]:
    """Store an alert with a message for two networks, the second is OTHER; return the alert and the first one's id."""
    alert = await released(database)
    own = str(alert.network_ids[0])
    await database.pool.execute(
        """update delivery set xml = replace(xml, '</geocode>
    </area>', '</geocode><geocode><valueName>BIN</valueName><value>' || $1 || '</value></geocode></area>')""",
        OTHER,
    )
    kept = await database.pool.fetchval("select xml from delivery")
    assert OTHER in kept
    return alert, own


async def test_what_failed_is_tried_again_and_nobody_gets_it_twice(notifier_database: Database) -> None:
    alert, own = await for_two_networks(notifier_database)
    adapter = ByNetwork(Partly(frozenset({own}), "http_207", "r-1"), again=[TryAgain("busy", 1), Delivered("r-2")])
    worker = Deliveries(typed(adapter), LIVE)
    for _ in range(3):
        await worker.step(notifier_database)
        await due(notifier_database)
    assert adapter.targets == [frozenset({OTHER}), frozenset({OTHER})]
    assert await state(notifier_database, alert) == ("sent", "SENT")
    assert await later_events(notifier_database, alert) == ["sent"]


async def test_a_partial_result_that_has_all_networks_is_a_delivery(notifier_database: Database) -> None:
    alert, own = await for_two_networks(notifier_database)
    await Deliveries(typed(ByNetwork(Partly(frozenset({own, OTHER}), "http_207"))), LIVE).step(notifier_database)
    assert await state(notifier_database, alert) == ("sent", "SENT")


@pytest.mark.parametrize("end", [Refused("http_400"), NotAllowed("quota"), "expires", "plain"])
async def test_partial_is_a_state_when_the_other_networks_are_given_up(
    notifier_database: Database, end: Outcome | str
) -> None:
    alert = await released(notifier_database)
    adapter: Scripted = ByNetwork(Partly(frozenset({OTHER}), "http_207"), again=[] if isinstance(end, str) else [end])
    if end == "plain":
        adapter = Scripted([Partly(frozenset({OTHER}), "http_207")])
    worker = Deliveries(typed(adapter), LIVE)
    await worker.step(notifier_database)
    if end == "expires":
        await alter(notifier_database, "expires_at = now()")
        await jobs.expire(LIVE, notifier_database)
    await due(notifier_database)
    await worker.step(notifier_database)
    assert await state(notifier_database, alert) == ("partial", "SENT")
    assert await later_events(notifier_database, alert) == ["sent"]
    sent = await notifier_database.pool.fetchval("select data from event_log where type = 'be.bin.alert.sent.v1'")
    assert str(alert.network_ids[0]) in sent.split("not_reached")[1]


async def test_after_an_unknown_outcome_the_peer_tells_which_networks_have_it(notifier_database: Database) -> None:
    alert, own = await for_two_networks(notifier_database)
    adapter = ByNetwork(
        Unknown("ReadTimeout"), again=[Delivered()], finds=[Partly(frozenset({own}), "some"), CannotSay("never_asked")]
    )
    worker = Deliveries(typed(adapter), LIVE)
    for _ in range(3):
        await worker.step(notifier_database)
        await due(notifier_database)
    assert adapter.targets == [frozenset({OTHER})]
    assert await state(notifier_database, alert) == ("sent", "SENT")


async def test_a_refusal_by_policy_has_a_reason_of_its_own(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await Deliveries(typed(Scripted([NotAllowed("quota_used")])), LIVE).step(notifier_database)
    assert await state(notifier_database, alert) == ("not_allowed", "FAILED")
    failed = await notifier_database.pool.fetchval("select data from event_log where type = 'be.bin.alert.failed.v1'")
    assert "refused_by_policy" in failed


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(headline=10), "beyond_headline"),
        (Limits(size=100), "beyond_size"),
        (Limits(channels=frozenset({"fax"})), "beyond_channels"),
        (Limits(languages=frozenset({"fr"})), "beyond_languages"),
    ],
)
async def test_a_message_beyond_a_limit_of_the_adapter_is_never_sent(
    notifier_database: Database, limits: Limits, reason: str
) -> None:
    alert = await released(notifier_database)
    adapter = Scripted()
    adapter.limits = limits  # type: ignore[attr-defined]
    await Deliveries(typed(adapter), LIVE).step(notifier_database)
    kept = await row(notifier_database, alert)
    assert (kept["state"], kept["reason"], adapter.sent) == ("not_allowed", reason, [])


async def test_the_rate_of_an_adapter_holds_for_all_workers_together(notifier_database: Database) -> None:
    for _ in range(7):
        await released(notifier_database)
    adapter = Scripted()
    adapter.limits = Limits(per_minute=4)  # type: ignore[attr-defined]
    await asyncio.gather(*(Deliveries(typed(adapter), LIVE).step(notifier_database) for _ in range(4)))
    assert len(adapter.sent) == 4
    await notifier_database.pool.execute("update adapter_state set minute = minute - interval '1 minute'")
    await Deliveries(typed(adapter), LIVE).step(notifier_database)
    assert len(adapter.sent) == 7


async def test_after_five_failures_in_a_row_one_message_at_a_time_tries_the_peer(notifier_database: Database) -> None:
    for _ in range(7):
        await released(notifier_database)
    adapter = Scripted([TryAgain("ConnectError")] * 6)
    worker = Deliveries(typed(adapter), LIVE)
    assert [await worker.step(notifier_database) for _ in range(2)] == [5, 0]
    deliveries = await notifier_database.pool.fetchval("select count(*) from delivery where state = 'ready'")
    assert deliveries == 7
    await notifier_database.pool.execute("update adapter_state set closed_until = now()")
    assert [await worker.step(notifier_database) for _ in range(2)] == [1, 0]
    await notifier_database.pool.execute("update adapter_state set closed_until = now()")
    assert await worker.step(notifier_database) == 1
    assert await breaker.take(notifier_database.pool, adapter.name, 5, None) == 5


async def test_a_message_is_signed_right_before_it_is_sent(notifier_database: Database) -> None:
    await released(notifier_database)
    adapter, ours = Keeping(), signer("bin.gemeente.example")
    await Deliveries(typed(adapter), LIVE, signer=ours).step(notifier_database)
    (xml,) = adapter.messages
    assert cap.check_schema(xml) == []
    stored: str = await notifier_database.pool.fetchval("select xml from delivery")
    assert cap.from_xml(verified(xml, ours.certificate)) == cap.from_xml(stored.encode())
