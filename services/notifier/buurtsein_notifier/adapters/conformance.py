"""Contains pytest tests that every adapter must pass, also adapters of other teams.

In your test module, make a subclass of `AdapterConformance` with `failures`, the failures that your peer can produce,
and two fixtures: `peer`, which fails as a test tells it, and `make_adapter`, which makes an adapter that sends to this
peer. pytest finds the tests by itself. There is a test for each of these failures and none for others.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import pytest

from buurtsein_notifier.adapters import (
    LONGEST_CALL,
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

IDENTIFIER = "bin@gemeente.example.conformance.0"


class Failure(StrEnum):
    """A way in which the peer can fail when the next message is sent, such as a lost answer."""

    REFUSES = "refuses"
    """The peer answers that it will never accept this message."""
    BUSY = "busy"
    """The peer answers that it accepts no messages now."""
    AWAY = "away"
    """The peer cannot be reached."""
    TAKES_SILENTLY = "takes_silently"
    """The peer accepts the message, but its answer does not arrive."""
    LOSES = "loses"
    """The peer does not get the message, and no answer arrives."""


class Peer(Protocol):
    """The system to which an adapter sends, or a test double of it."""

    def fail(self, failure: Failure) -> None:
        """Make the peer fail in the given way at the next message that is sent, and only at that message."""

    def deliveries(self, identifier: str) -> int:
        """Return how many times the peer got the message with this identifier."""


type MakeAdapter = Callable[[], Adapter]

EXPECTED: dict[Failure, tuple[type[Outcome], ...]] = {
    Failure.REFUSES: (Refused,),
    Failure.BUSY: (TryAgain,),
    Failure.AWAY: (TryAgain, Unknown),
    Failure.TAKES_SILENTLY: (Unknown, TryAgain),
    Failure.LOSES: (Unknown, TryAgain),
}
"""The outcomes that an adapter may return for each failure. For those in IN_DOUBT, TryAgain needs `find_first`."""
IN_DOUBT = (Failure.TAKES_SILENTLY, Failure.LOSES)
FAILURES_OF_TESTS: dict[str, tuple[Failure, ...]] = {
    "test_each_failure_has_the_right_outcome": tuple(Failure),
    "test_after_an_unknown_outcome_find_agrees_with_the_peer": IN_DOUBT,
    "test_a_message_that_did_not_arrive_is_delivered_once_when_it_is_sent_again": (
        Failure.BUSY,
        Failure.AWAY,
        Failure.LOSES,
    ),
}
"""The failures that each test is about; it runs for those that the peer can produce."""


def message(identifier: str = IDENTIFIER) -> bytes:
    """Return a small CAP message with status Exercise."""
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
    """The tests of an adapter; they need no pytest plugin for asyncio."""

    failures: ClassVar[frozenset[Failure]] = frozenset()
    """The failures that the peer can produce; a subclass must name at least one."""

    def __init_subclass__(cls) -> None:
        """Leave out tests of failures that the peer cannot produce; raise TypeError when the peer can produce none."""
        if not cls.failures:
            raise TypeError(f"{cls.__name__} names no failure that its peer can produce: set `failures`")
        for name, about in FAILURES_OF_TESTS.items():
            setattr(cls, name, getattr(AdapterConformance, name) if cls.failures.intersection(about) else None)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test once for each failure that it is about and that the peer can produce; pytest calls this."""
        about = FAILURES_OF_TESTS.get(metafunc.function.__name__)
        if about:
            metafunc.parametrize("failure", [failure for failure in about if failure in self.failures])

    def test_its_name_fits_in_events_metrics_and_settings(self, make_adapter: MakeAdapter) -> None:
        """Check that the adapter's name has at most 40 characters: lower-case letters, digits and dashes."""
        assert re.fullmatch(r"[a-z][a-z0-9-]{0,39}", make_adapter().name)

    def test_a_message_arrives_once_and_is_found(self, make_adapter: MakeAdapter, peer: Peer) -> None:
        """Check that `find` never returns Found before a message is sent, and never NotFound after it was sent."""
        before, outcome, after = _with(make_adapter, _find, _send, _find)
        assert not isinstance(before, Found)
        assert isinstance(outcome, Delivered)
        assert not isinstance(after, NotFound)
        assert peer.deliveries(IDENTIFIER) == 1

    def test_each_failure_has_the_right_outcome(self, make_adapter: MakeAdapter, peer: Peer, failure: Failure) -> None:
        """Check that the adapter reports an outcome after each failure only when the outcome is certain."""
        peer.fail(failure)
        (outcome,) = _with(make_adapter, _send)
        assert isinstance(outcome, EXPECTED[failure])
        sure = isinstance(outcome, TryAgain) and not outcome.find_first
        assert not (sure and failure in IN_DOUBT)

    def test_after_an_unknown_outcome_find_agrees_with_the_peer(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure
    ) -> None:
        """Check that `find` never contradicts what really happened to a message; the answer CannotSay is allowed."""
        peer.fail(failure)
        _, answer = _with(make_adapter, _send, _find)
        wrong = NotFound if failure is Failure.TAKES_SILENTLY else Found
        assert not isinstance(answer, wrong)

    def test_a_message_that_did_not_arrive_is_delivered_once_when_it_is_sent_again(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure
    ) -> None:
        """Check that the same adapter delivers the message once when it is sent again after the failure."""
        peer.fail(failure)
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
    """Call methods of a new adapter one after another, each within LONGEST_CALL seconds; return the results."""

    async def made() -> list[Any]:
        adapter = make_adapter()
        try:
            return [await asyncio.wait_for(call(adapter), LONGEST_CALL) for call in calls]
        finally:
            await adapter.close()

    return asyncio.run(made())
