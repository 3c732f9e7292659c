"""Switches one mechanism of the chassis off in the ledger service, so that a test can see the ledger break without it.

A mechanism whose absence nobody would notice proves nothing.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from faststream import AckPolicy

from buurtsein_chassis import consumer, kafka, relay
from buurtsein_chassis.crashpoints import crashpoint
from buurtsein_chassis.inbox import Inbox, Received
from buurtsein_chassis.publisher import Publisher


def without_inbox() -> None:
    """Everything seems new; the version check is as it was."""

    async def all_new(_self: Inbox, _event_ids: Sequence[Any]) -> set[Any]:
        return set()

    setattr(Inbox, "seen_before", all_new)  # noqa: B010 # mypy would see another method


def without_version_check() -> None:
    """What is new is applied as it comes; what is not new is dropped by the inbox as before."""
    consumer.Consumer._advance = _apply_all  # type: ignore[method-assign]


async def _apply_all(self: Any, stream: Any, batch: Any, inbox: Any, uow: Any, *, isolated: bool) -> None:
    for version in list(batch.waiting[stream]):
        record: Received = batch.waiting[stream].pop(version)
        await self._applied(record, inbox, uow, isolated=isolated)
        batch.applied.append(record)


def without_parking() -> None:
    """What comes too early is dropped."""

    async def drop(_self: Inbox, _records: Sequence[Received]) -> None:
        return

    setattr(Inbox, "park", drop)  # noqa: B010 # mypy would see another method


def without_advisory_lock() -> None:
    """Every relay thinks it is the one."""
    relay._LOCK = random.randrange(2**31)


def without_delete_after_ack() -> None:
    """Pointers go before the broker has spoken; dies in between when asked to."""
    publish = relay.Relay._publish

    async def delete_first(self: Any, connection: Any, publisher: Any, load: Any, backoff: Any) -> Any:
        await connection.execute("delete from outbox_pending where id = any($1)", [row["id"] for row in load.rows])
        crashpoint("relay.deleted")
        return await publish(self, connection, publisher, load, backoff)

    setattr(relay.Relay, "_publish", delete_first)  # noqa: B010 # mypy would see another method


def without_nack() -> None:
    """The offset moves on although the batch failed."""
    setattr(kafka, "AckPolicy", SimpleNamespace(NACK_ON_ERROR=AckPolicy.ACK))  # noqa: B010 # mypy would see another type


def without_header_parser() -> None:
    """FastStream reads the headers as they are."""
    kafka._without_headers = None  # type: ignore[assignment]


def with_a_sleepy_effect() -> None:
    """Each effect takes long, and blocks the event loop or not."""
    apply = consumer.Consumer._applied
    seconds = float(os.environ["LEDGER_EFFECT_SECONDS"])
    blocking = os.environ.get("LEDGER_EFFECT_BLOCKS") == "yes"

    async def slowly(self: Any, record: Received, inbox: Inbox, uow: Any, **options: Any) -> bool:
        mine = "select exists (select from event_log where event_id = $1)"
        if not await uow.connection.fetchval(mine, record.event.id if record.event else None):
            pass  # other tests' events are on the topic too
        elif blocking:
            time.sleep(seconds)  # noqa: ASYNC251 # the stall itself
        else:
            await asyncio.sleep(seconds)
        return await apply(self, record, inbox, uow, **options)

    consumer.Consumer._applied = slowly  # type: ignore[method-assign]


def with_a_stop_after_publishing() -> None:
    """As SIGSTOP would hit the relay with the broker's word in hand and nothing deleted yet; once."""

    def stopping(name: str) -> None:
        crashpoint(name)
        if name == "relay.published":
            _stop_once()

    setattr(relay, "crashpoint", stopping)  # noqa: B010 # mypy knows it as imported there only


def with_a_stop_before_publishing() -> None:
    """The same with rows in hand that were not sent yet: it wakes with what has become old."""
    send = Publisher.send

    async def stopping(self: Publisher, load: Any) -> Any:
        _stop_once()
        return await send(self, load)

    setattr(Publisher, "send", stopping)  # noqa: B010 # mypy would see another method


_stops = iter([signal.SIGSTOP])


def _stop_once() -> None:
    for stop in _stops:
        os.kill(os.getpid(), stop)


SWITCHES: dict[str, Callable[[], None]] = {
    name: switch for name, switch in globals().items() if name.startswith("with") and callable(switch)
}


def sabotage() -> None:
    """Do what LEDGER_SABOTAGE names."""
    for name in os.environ.get("LEDGER_SABOTAGE", "").split():
        SWITCHES[name]()
