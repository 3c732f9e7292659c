"""Receipts, which come after the delivery, are stored for each network, shown in the alert, and settle its outcome."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from integration.deliveries_scene import Scripted, alter, due, later_events, state, typed
from integration.notifier_scene import LIVE, Peer, released
from pydantic import SecretStr
from unit.notifier.notifier_deeds import settle
from unit.notifier.notifier_settings import settings

from buurtsein_chassis.database import Database
from buurtsein_notifier import api, commands
from buurtsein_notifier.adapters import Answer, CannotSay, Found, NotFound, Unknown
from buurtsein_notifier.adapters.limits import Limits
from buurtsein_notifier.adapters.manual import Manual
from buurtsein_notifier.adapters.receipts import SignedReceipts
from buurtsein_notifier.adapters.receiving import ReceiptReader
from buurtsein_notifier.adapters.signing import key_of, signed
from buurtsein_notifier.adapters.simulator import Simulator
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.deliveries.asking import Asking
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.receipt import Receipt
from buurtsein_notifier.store import NotifierStore
from harness.in_process import caller, on_a_port, serving
from harness.waiting import wait_until

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
POLICE = caller("p" + "1" * 32, "officer")
AT = datetime(2026, 11, 24, 18, tzinfo=UTC)


class Telling(Scripted):
    """A fake adapter whose peer returns receipts on request."""

    limits = Limits(receipts=True)


def told(alert: Alert, delivered: int = 41, minutes: int = 0, **changes: Any) -> Receipt:
    values: dict[str, Any] = {
        "identifier": alert.cap_identifier,
        "target": alert.network_ids[0],
        "channel": "sms",
        "delivered": delivered,
        "failed": 1,
        "at": AT + timedelta(minutes=minutes),
    }
    return Receipt(**values | changes)


async def sent(database: Database, finds: Sequence[Answer] = (), adapter: Scripted | None = None) -> Alert:
    alert = await released(database)
    await Deliveries(typed(adapter or Scripted(finds=finds)), LIVE).step(database)
    return alert


async def long_ago(database: Database) -> None:
    """Make all deliveries so old that the worker must ask the peer for receipts now."""
    await alter(database, "finished_at = finished_at - interval '1 minute', asked_at = null")


async def counts(database: Database) -> list[tuple[str, int, int]]:
    return [tuple(one) for one in await database.pool.fetch("select channel, delivered, failed from receipt")]


async def test_receipts_that_the_peer_tells_later_are_stored_and_the_latest_holds(notifier_database: Database) -> None:
    alert = await sent(notifier_database)
    foreign = told(alert, target=uuid4()), told(alert, identifier="another")
    answers = [
        Found("r", (told(alert), *foreign)),
        Found("r", (told(alert, 50, 1),)),
        Found("r", (told(alert, 7, -1),)),
    ]
    asking = Asking(typed(Telling(finds=answers)), LIVE)
    assert await asking.step(notifier_database) == 0
    for expected in (41, 50, 50):
        await long_ago(notifier_database)
        assert await asking.step(notifier_database) == 1
        assert await counts(notifier_database) == [("sms", expected, 1)]


async def test_a_peer_that_tells_no_receipts_is_not_asked_about_what_was_sent(notifier_database: Database) -> None:
    await sent(notifier_database)
    await long_ago(notifier_database)
    adapter = Scripted()
    assert await Asking(typed(adapter), LIVE).step(notifier_database) == 0
    assert adapter.asked == []


async def unknown(database: Database) -> Alert:
    alert = await released(database)
    worker = Deliveries(typed(Scripted([Unknown("reset")], [CannotSay("away")])), LIVE)
    for _ in range(2):
        await worker.step(database)
        await due(database)
    assert await state(database, alert) == ("unknown", "UNKNOWN")
    await long_ago(database)
    return alert


@pytest.mark.parametrize(
    ("answer", "after", "events"),
    [
        (Found("BA-1"), ("sent", "SENT"), ["failed", "sent"]),
        (NotFound(), ("failed", "FAILED"), ["failed", "failed"]),
        (CannotSay("away"), ("unknown", "UNKNOWN"), ["failed"]),
    ],
)
async def test_an_outcome_that_stays_unknown_is_settled_through_status(
    notifier_database: Database, answer: Answer, after: tuple[str, str], events: list[str]
) -> None:
    alert = await unknown(notifier_database)
    adapter = Scripted(finds=[answer])
    assert await Asking(typed(adapter), LIVE).step(notifier_database) == 1
    assert await state(notifier_database, alert) == after
    assert await later_events(notifier_database, alert) == events
    assert adapter.sent == []
    async with notifier_database.unit_of_work() as uow:
        assert (await NotifierStore(uow).alert(alert.alert_id)).settled_by is None


async def test_what_a_person_settled_stays_when_the_peer_answers_later(notifier_database: Database) -> None:
    alert = await unknown(notifier_database)
    async with notifier_database.unit_of_work() as uow:
        await settle(NotifierStore(uow), alert, LIVE, commands.Settle(outcome="failed"))
    await long_ago(notifier_database)
    assert await Asking(typed(Scripted(finds=[Found()])), LIVE).step(notifier_database) == 0
    assert await state(notifier_database, alert) == ("failed", "FAILED")


@pytest.fixture
async def client(notifier_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    reader = ReceiptReader({"simulator": Simulator, "manual": Manual}, SecretStr(SECRET))
    async with serving(api.router, notifier_database, LIVE, reader) as made:
        yield made


def signed_as_ours(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"Content-Type": "application/json", **signed(key_of(secret), "r-1", "1795626300", body)}


async def test_only_the_peer_of_an_adapter_that_takes_receipts_is_heard(client: httpx.AsyncClient) -> None:
    headers, body = SignedReceipts.receipt_example(SECRET)
    headers = {"Content-Type": "application/json", **headers}
    other = signed_as_ours(body, "whsec_bm90LXRoZS1yaWdodC1zZWNyZXQtYXQtYWxs")
    bad = b'{"receipts": [{"identifier": 7}]}'
    asked: list[tuple[str, dict[str, str], bytes, int, str]] = [
        ("simulator", headers, body + b" ", 403, "receipt_not_authentic"),
        ("simulator", other, body, 403, "receipt_not_authentic"),
        ("simulator", {"Content-Type": "application/json"}, body, 403, "receipt_not_authentic"),
        ("simulator", signed_as_ours(bad), bad, 422, "receipt_unreadable"),
        ("manual", headers, body, 404, "receipts_not_taken"),
        ("nobody", headers, body, 404, "receipts_not_taken"),
    ]
    for adapter, given, content, status, code in asked:
        answer = await client.post(f"/receipts/{adapter}", content=content, headers=given)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    answer = await client.post("/receipts/simulator", content=body, headers=headers)
    assert answer.json() == {"taken": 0, "ignored": 1}


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    running = Peer(tmp_path / "peer")
    yield running
    running.close()


async def test_a_receipt_that_the_peer_posts_is_seen_in_the_alert_and_settles_it(
    notifier_database: Database, client: httpx.AsyncClient
) -> None:
    alert = await unknown(notifier_database)
    receipt = {
        "identifier": alert.cap_identifier,
        "network": str(alert.network_ids[0]),
        "channel": "sms",
        "delivered": 30,
        "failed": 2,
        "at": AT.isoformat(),
    }
    body = httpx.Request("POST", "http://x", json={"receipts": [receipt]}).content
    for _ in range(2):
        answer = await client.post("/receipts/simulator", content=body, headers=signed_as_ours(body))
        assert answer.json() == {"taken": 1, "ignored": 0}
    shown = (await client.get(f"/alerts/{alert.alert_id}", headers=POLICE)).json()
    assert [(one["state"], one["receipts"][0]["delivered"]) for one in shown["deliveries"]] == [("sent", 30)]
    assert shown["state"] == "SENT"
    assert await later_events(notifier_database, alert) == ["failed", "sent"]


async def test_the_simulator_posts_receipts_later_and_tells_the_same_when_it_is_asked(
    notifier_database: Database, peer: Peer
) -> None:
    await released(notifier_database)
    adapter = Simulator(settings(bealert_url=peer.url))
    reader = ReceiptReader({"simulator": Simulator}, SecretStr(SECRET))
    async with on_a_port(api.router, notifier_database, LIVE, reader) as url:
        receiver = {"url": f"{url}/receipts/simulator", "secret": SECRET, "seconds": 0.2}
        assert peer.client.post("/receivers", json=receiver).is_success
        await Deliveries(adapter, LIVE).step(notifier_database)
        assert await counts(notifier_database) == []
        posted = await wait_until("a receipt that was posted", lambda: counts(notifier_database))
    await notifier_database.pool.execute("delete from receipt")
    await long_ago(notifier_database)
    await Asking(adapter, LIVE).step(notifier_database)
    await adapter.close()
    assert await counts(notifier_database) == posted
    assert {channel for channel, _, _ in posted} == {"sms"}
