"""Tests that every adapter must pass, for pytest; also for adapters of other teams.

In a test module of yours, subclass `AdapterConformance` and give it two fixtures: `peer`, which makes the other side do
what a test needs, and `make_adapter`, which makes an adapter that talks to that peer. pytest finds the tests by
itself. What your peer cannot be made to do is left out: say so in `Peer.failures`.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import pytest

from buurtsein_notifier.adapters import (
    Adapter,
    Answer,
    Delivered,
    Found,
    NotFound,
    Outcome,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.adapters.usable import usable_answer, usable_outcome
from buurtsein_notifier.cap import CapAlert, MsgType, Scope, Status, to_xml

LONGEST_CALL = 12.0
"""Seconds; the notifier cuts off a call that takes longer, and counts it as Unknown."""
IDENTIFIER = "bin@gemeente.example.conformance.0"


class Failure(StrEnum):
    """What can go wrong at the peer with the next message."""

    REFUSES = "refuses"
    """It answers that it does not want this message, now or later."""
    BUSY = "busy"
    """It answers that it takes nothing now."""
    AWAY = "away"
    """It cannot be reached at all."""
    TAKES_SILENTLY = "takes_silently"
    """It takes the message, and its answer never comes."""
    LOSES = "loses"
    """It never gets the message, and no answer comes."""


class Peer(Protocol):
    """The other side, real or a double."""

    @property
    def failures(self) -> frozenset[Failure]:
        """What it can be made to do; tests of other failures are skipped."""

    def fail(self, failure: Failure) -> None:
        """Make this go wrong with the next message that is sent, and only with that one."""

    def deliveries(self, identifier: str) -> int:
        """Return how many times it has the message with this identifier."""


type MakeAdapter = Callable[[], Adapter]

EXPECTED: dict[Failure, tuple[type[Outcome], ...]] = {
    Failure.REFUSES: (Refused,),
    Failure.BUSY: (TryAgain,),
    Failure.AWAY: (TryAgain, Unknown),
    Failure.TAKES_SILENTLY: (Unknown, TryAgain),
    Failure.LOSES: (Unknown, TryAgain),
}
"""What an adapter may say after each failure. TryAgain after a doubt needs `find_first`."""
IN_DOUBT = (Failure.TAKES_SILENTLY, Failure.LOSES)


def message(identifier: str = IDENTIFIER) -> bytes:
    """Return a small CAP message that is an exercise."""
    made = CapAlert(
        identifier=identifier,
        sender="bin@gemeente.example",
        sent=datetime(2026, 11, 24, 9, tzinfo=UTC),
        status=Status.EXERCISE,
        msg_type=MsgType.ALERT,
        scope=Scope.PUBLIC,
    )
    return to_xml(made)


class AdapterConformance:
    """The tests. They use no event loop of their own plugin, and need none."""

    def test_its_name_fits_in_events_metrics_and_settings(self, make_adapter: MakeAdapter) -> None:
        """Lower-case letters, digits and dashes; at most 40."""
        assert re.fullmatch(r"[a-z][a-z0-9-]{0,39}", make_adapter().name)

    def test_a_message_arrives_once_and_is_found(self, make_adapter: MakeAdapter, peer: Peer) -> None:
        """Before it was sent, `find` does not say Found; afterwards it does not say NotFound."""
        before, outcome, after = _with(make_adapter, _find, _send, _find)
        assert not isinstance(before, Found)
        assert isinstance(outcome, Delivered)
        assert not isinstance(after, NotFound)
        assert peer.deliveries(IDENTIFIER) == 1

    @pytest.mark.parametrize("failure", Failure)
    def test_each_failure_is_told_as_what_it_is(self, make_adapter: MakeAdapter, peer: Peer, failure: Failure) -> None:
        """Nobody hears Delivered for what may not have come, or Refused for what may have."""
        _set(peer, failure)
        (outcome,) = _with(make_adapter, _send)
        assert isinstance(outcome, EXPECTED[failure])
        sure = isinstance(outcome, TryAgain) and not outcome.find_first
        assert not (sure and failure in IN_DOUBT)

    @pytest.mark.parametrize("failure", IN_DOUBT)
    def test_after_a_doubt_the_peer_says_whether_it_has_the_message(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure
    ) -> None:
        """`find` never says the opposite of what happened; `CannotSay` hands it to a person."""
        _set(peer, failure)
        _, answer = _with(make_adapter, _send, _find)
        wrong = NotFound if failure is Failure.TAKES_SILENTLY else Found
        assert not isinstance(answer, wrong)

    @pytest.mark.parametrize("failure", [Failure.BUSY, Failure.AWAY, Failure.LOSES])
    def test_what_never_came_arrives_once_when_it_is_sent_again(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure
    ) -> None:
        """By the same adapter, without starting anew."""
        _set(peer, failure)
        _, again = _with(make_adapter, _send, _send)
        assert isinstance(again, Delivered)
        assert peer.deliveries(IDENTIFIER) == 1


async def _send(adapter: Adapter) -> Outcome:
    outcome = await adapter.send(IDENTIFIER, message())
    assert usable_outcome(outcome) == outcome, "a reason is a short code, a reference has no hidden characters"
    return outcome


async def _find(adapter: Adapter) -> Answer:
    answer = await adapter.find(IDENTIFIER)
    assert usable_answer(answer) == answer, "a reason is a short code, a reference has no hidden characters"
    return answer


def _with(make_adapter: MakeAdapter, *calls: Callable[[Adapter], Any]) -> list[Any]:
    """Make the calls one after another, each within the time that the notifier gives; return what they gave."""

    async def made() -> list[Any]:
        adapter = make_adapter()
        try:
            return [await asyncio.wait_for(call(adapter), LONGEST_CALL) for call in calls]
        finally:
            await adapter.close()

    return asyncio.run(made())


def _set(peer: Peer, failure: Failure) -> None:
    if failure not in peer.failures:
        pytest.skip(f"this peer cannot be made to do: {failure}")
    peer.fail(failure)
