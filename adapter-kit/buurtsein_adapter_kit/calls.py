"""Calls the methods of an adapter as the notifier does, with the messages of the kit."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from buurtsein_adapter_kit.messages import CANCELLING, IDENTIFIER, NETWORKS, SECOND, SECRET, message
from buurtsein_notifier.adapters import (
    Adapter,
    Answer,
    ByTarget,
    Cancelling,
    CannotSay,
    Delivered,
    Found,
    Outcome,
    Receiving,
    Unknown,
)
from buurtsein_notifier.adapters.limits import targets
from buurtsein_notifier.adapters.usable import usable_answer, usable_outcome
from buurtsein_notifier.cap import from_xml

type MakeAdapter = Callable[[], Adapter]


async def send(adapter: Adapter) -> Outcome:
    """Send the message of the kit; check that the notifier can store the outcome."""
    outcome = await adapter.send(IDENTIFIER, message())
    assert is_storable(outcome), "a reason is a short code, a reference has no hidden characters"
    return outcome


async def send_unchecked(adapter: Adapter) -> Outcome:
    """Send the message of the kit, and return the outcome without a check."""
    return await adapter.send(IDENTIFIER, message())


async def send_another(adapter: Adapter) -> Outcome:
    """Send the second message of the kit."""
    return await adapter.send(SECOND, message(SECOND))


async def cancel(adapter: Adapter) -> Outcome:
    """Take back the message of the kit: call the method `cancel` if there is one, or else send a cancelling message."""
    xml = message(CANCELLING, cancels=[IDENTIFIER])
    if isinstance(adapter, Cancelling):
        return await adapter.cancel(CANCELLING, xml, [IDENTIFIER])
    return await adapter.send(CANCELLING, xml)


async def cancel_both(adapter: Adapter) -> Outcome:
    """Take back both messages of the kit by one call of the method `cancel`."""
    assert isinstance(adapter, Cancelling)
    both = [IDENTIFIER, SECOND]
    return await adapter.cancel(CANCELLING, message(CANCELLING, cancels=both), both)


def receiving(make_adapter: MakeAdapter) -> type[Receiving]:
    """Return the adapter's class if the adapter reads receipts; skip the test if it does not."""
    adapter = make_adapter()
    if not isinstance(adapter, Receiving):
        pytest.skip("its peer posts no receipts")
    return type(adapter)


def error_of(adapter: type[Receiving], headers: Mapping[str, str], body: bytes) -> type[Exception] | None:
    """Return the class of the error that `parse_receipt` raises for a request, or None."""
    try:
        adapter.parse_receipt(headers, body, SECRET)
    except Exception as error:  # noqa: BLE001 - which error it is, is what the test is about
        return type(error)
    return None


async def send_to_the_second(adapter: Adapter) -> Outcome:
    """Send the message of the kit for its second network only."""
    assert isinstance(adapter, ByTarget)
    xml = message()
    assert targets(from_xml(xml)) == set(NETWORKS)
    return await adapter.send_to(IDENTIFIER, xml, frozenset({NETWORKS[1]}))


async def status(adapter: Adapter) -> Answer:
    """Ask about the message of the kit; check that the notifier can store the answer."""
    answer = await adapter.status(IDENTIFIER)
    if isinstance(answer, Found):
        answer = replace(answer, receipts=tuple(answer.receipts))
    assert usable_answer(answer) == answer, "a reason is a short code, a reference has no hidden characters"
    return answer


async def status_or_error(adapter: Adapter) -> Answer:
    """Ask about the message of the kit; an exception counts as CannotSay, as in the notifier."""
    try:
        return await status(adapter)
    except Exception as error:  # noqa: BLE001 - an adapter of another team can raise anything
        return CannotSay(type(error).__name__)


def recover(peer: object) -> Callable[[Adapter], Any]:
    """Return a call that ends a lasting failure of the peer, by the peer's method `recover` if there is one."""

    async def recovered(_adapter: Adapter) -> None:
        getattr(peer, "recover", lambda: None)()

    return recovered


def is_storable(outcome: Outcome) -> bool:
    """Return whether the notifier keeps the outcome: it may drop a reference that a hostile peer gave."""
    kept = usable_outcome(outcome)
    return kept == outcome or isinstance(kept, Delivered)


def results_of(make_adapter: MakeAdapter, patience: float, *calls: Callable[[Adapter], Any]) -> list[Any]:
    """Call methods of a new adapter one after another and return the results.

    A call that takes longer than `patience` seconds is cancelled, and its result says `timeout`, as in the notifier.
    """

    async def one(adapter: Adapter, call: Callable[[Adapter], Any]) -> Any:
        try:
            return await asyncio.wait_for(call(adapter), patience)
        except TimeoutError:
            return CannotSay("timeout") if call in (status, status_or_error) else Unknown("timeout")

    async def made() -> list[Any]:
        adapter = make_adapter()
        try:
            return [await one(adapter, call) for call in calls]
        finally:
            await adapter.close()

    return asyncio.run(made())
