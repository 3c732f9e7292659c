"""Contains pytest tests that every adapter must pass, also adapters of other teams.

`pytest --adapter=module:Class` runs them with a peer of the kit (`test_adapter.py`). With a peer of your own, make a
subclass of `AdapterConformance` with `failures`, the failures that your peer can produce, and two fixtures: `peer`,
which fails as a test tells it, and `make_adapter`, which makes an adapter that sends to this peer. There is a test for
each of these failures and none for others.
"""

import logging
import re
from collections.abc import Iterable
from typing import ClassVar

import pytest

from buurtsein_adapter_kit.calls import (
    MakeAdapter,
    is_storable,
    recover,
    results_of,
    send,
    send_to_the_second,
    send_unchecked,
    status,
    status_or_error,
)
from buurtsein_adapter_kit.cancels import CancelTests
from buurtsein_adapter_kit.failures import EXPECTED, HOSTILE_BODIES, IN_DOUBT, TAKEN, Failure
from buurtsein_adapter_kit.messages import IDENTIFIER, NETWORKS, SECRET, message
from buurtsein_adapter_kit.playing import Peer, Talkative
from buurtsein_adapter_kit.receipts import ReceiptTests
from buurtsein_notifier.adapters import (
    LONGEST_CALL,
    Adapter,
    ByTarget,
    CannotSay,
    Delivered,
    Found,
    NotAllowed,
    NotFound,
    Outcome,
    Partly,
    Refused,
    TryAgain,
    limits_of,
)
from buurtsein_notifier.adapters.limits import Limits, beyond
from buurtsein_notifier.cap import from_xml

__all__ = ["FAILURES_OF_TESTS", "AdapterConformance", "MakeAdapter", "Peer", "Talkative"]


FAILURES_OF_TESTS: dict[str, tuple[Failure, ...]] = {
    "test_each_failure_has_the_right_outcome": tuple(EXPECTED),
    "test_after_an_unknown_outcome_status_agrees_with_the_peer": IN_DOUBT,
    "test_a_status_that_fails_says_nothing": (Failure.STATUS_BREAKS,),
    "test_a_message_that_did_not_arrive_is_delivered_once_when_it_is_sent_again": (
        Failure.BUSY,
        Failure.BUSY_429,
        Failure.AWAY,
        Failure.LOSES,
        Failure.RESETS,
        Failure.BREAKS,
    ),
    "test_a_cancel_that_fails_is_not_reported_as_done": (
        Failure.BUSY,
        Failure.RESETS,
        Failure.BREAKS,
        Failure.TURNS_AWAY,
    ),
    "test_a_busy_peer_gets_the_time_that_it_asked_for": (Failure.BUSY, Failure.BUSY_429),
    "test_a_hostile_answer_gives_a_result_that_can_be_stored": (Failure.HOSTILE,),
    "test_the_same_message_is_the_same_each_time": (Failure.HOSTILE,),
    "test_no_secret_is_written_anywhere": tuple(Failure),
}
"""The failures that each test is about; it runs for those that the peer can produce."""
SHORTEST_SECRET = 8


def parametrize(metafunc: pytest.Metafunc, failures: Iterable[Failure]) -> None:
    """Run a test once for each failure that it is about and that is one of `failures`."""
    about = FAILURES_OF_TESTS.get(metafunc.function.__name__)
    if about:
        metafunc.parametrize("failure", [failure for failure in about if failure in failures])


class AdapterConformance(CancelTests, ReceiptTests):
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
        parametrize(metafunc, self.failures)

    def test_its_name_fits_in_events_metrics_and_settings(self, make_adapter: MakeAdapter) -> None:
        """Check that the adapter's name has at most 40 characters: lower-case letters, digits and dashes."""
        assert re.fullmatch(r"[a-z][a-z0-9-]{0,39}", make_adapter().name)

    @pytest.fixture
    def patience(self) -> float:
        """Return after how many seconds without an answer a call is cancelled."""
        return LONGEST_CALL

    @pytest.fixture
    def secrets(self) -> tuple[str, ...]:
        """Return the secrets in the adapter's settings; tests search for these in all that the adapter writes."""
        return (SECRET,)

    def test_its_limits_are_declared_and_a_message_within_them_is_possible(self, make_adapter: MakeAdapter) -> None:
        """Check that `limits`, if there is one, is a Limits, and that an ordinary message does not exceed it."""
        adapter = make_adapter()
        assert isinstance(getattr(adapter, "limits", Limits()), Limits), "limits: not a Limits"
        xml = message()
        assert beyond(limits_of(adapter), from_xml(xml), len(xml)) is None, "limits: an ordinary message exceeds them"

    def test_a_message_arrives_once_and_is_found(self, make_adapter: MakeAdapter, peer: Peer, patience: float) -> None:
        """Check that `status` never returns Found before a message is sent, and never NotFound after it was sent."""
        before, outcome, after = results_of(make_adapter, patience, status, send, status)
        assert not isinstance(before, Found | Partly), "status: found what was never sent"
        assert isinstance(outcome, Delivered), "send: not delivered to a peer that takes everything (202 over HTTP)"
        assert not isinstance(after, NotFound), "status: lost what was sent"
        assert peer.deliveries(IDENTIFIER) == 1, "send: the peer did not get the message once"

    def test_each_failure_has_the_right_outcome(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure, patience: float
    ) -> None:
        """Check that the adapter reports an outcome after each failure only when the outcome is certain."""
        peer.fail(failure)
        (outcome,) = results_of(make_adapter, _long_enough(failure, patience), send)
        assert not getattr(peer, "followed", False), f"{failure}: the redirect was followed"
        assert isinstance(outcome, EXPECTED[failure]), f"{failure}: the outcome {outcome} is wrong"
        sure = isinstance(outcome, TryAgain) and not outcome.find_first
        assert not (sure and failure in IN_DOUBT), f"{failure}: the message may have arrived, so ask first"

    def test_after_an_unknown_outcome_status_agrees_with_the_peer(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure, patience: float
    ) -> None:
        """Check that `status` never contradicts what really happened to a message; the answer CannotSay is allowed."""
        peer.fail(failure)
        _, answer = results_of(make_adapter, patience, send, status)
        wrong = NotFound if failure in TAKEN else Found
        assert not isinstance(answer, wrong), f"status: {answer} after {failure}"

    def test_a_status_that_fails_says_nothing(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure, patience: float
    ) -> None:
        """Check that `status` returns CannotSay or raises an error when the peer answers with an error of its own."""
        results_of(make_adapter, patience, send)
        peer.fail(failure)
        (answer,) = results_of(make_adapter, patience, status_or_error)
        assert isinstance(answer, CannotSay), f"status: {answer} after an error of the peer"

    def test_a_message_that_did_not_arrive_is_delivered_once_when_it_is_sent_again(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure, patience: float
    ) -> None:
        """Check that the same adapter delivers the message once when it is sent again after the failure."""
        peer.fail(failure)
        *_, again = results_of(make_adapter, patience, send, recover(peer), send)
        assert isinstance(again, Delivered), f"{failure}: not delivered when it was sent again"
        assert peer.deliveries(IDENTIFIER) == 1, f"{failure}: the peer got it more than once"

    def test_a_busy_peer_gets_the_time_that_it_asked_for(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure, patience: float
    ) -> None:
        """Check that the outcome has the waiting time that a busy peer named, where it named one."""
        peer.fail(failure)
        (outcome,) = results_of(make_adapter, patience, send)
        asked = getattr(peer, "busy_seconds", None)
        assert asked is None or (isinstance(outcome, TryAgain) and outcome.after == asked), (
            "rate: not the time asked for"
        )

    def test_the_same_message_is_the_same_each_time(
        self, make_adapter: MakeAdapter, peer: Talkative, failure: Failure, patience: float
    ) -> None:
        """Check that two adapter objects send one message with the same body, so that the peer can recognise it."""
        assert failure
        xml = message()

        async def send_it(adapter: Adapter) -> Outcome:
            return await adapter.send(IDENTIFIER, xml)

        bodies: list[bytes] = []
        for _ in range(2):
            results_of(make_adapter, patience, send_it)
            arrived = peer.messages.pop(IDENTIFIER, [])
            assert isinstance(arrived, list), (
                "idempotency: the peer has no list of bodies in `messages`: nothing proved"
            )
            assert arrived, "idempotency: the peer did not keep the body of each send in `messages`: nothing proved"
            bodies += arrived
        assert len(set(bodies)) == 1, "idempotency: the same message differs when it is sent again"

    def test_a_hostile_answer_gives_a_result_that_can_be_stored(
        self, make_adapter: MakeAdapter, peer: Talkative, failure: Failure, patience: float
    ) -> None:
        """Check that no answer of the peer makes the adapter raise an error or return what cannot be stored."""
        assert failure
        for name in HOSTILE_BODIES:
            peer.say(name)
            (outcome,) = results_of(make_adapter, patience, send_unchecked)
            assert not isinstance(outcome, Refused | NotAllowed), f"hostile {name}: the peer took the message"
            assert is_storable(outcome), f"hostile {name}: {type(outcome).__name__} cannot be stored"

    def test_no_secret_is_written_anywhere(
        self,
        make_adapter: MakeAdapter,
        peer: Peer,
        failure: Failure,
        patience: float,
        secrets: tuple[str, ...],
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        """Check that no secret is in a log, output, result or `repr`, however the peer fails."""
        if not secrets:
            pytest.skip("it has no secret")
        assert len(min(secrets, key=len)) >= SHORTEST_SECRET, "secret: too short to be searched for: nothing proved"
        caplog.set_level(logging.DEBUG)
        peer.fail(failure)
        calls = (send, recover(peer), status_or_error, send)
        results = results_of(make_adapter, _long_enough(failure, patience), *calls)
        written = (caplog.text, *capfd.readouterr(), repr(results), repr(make_adapter()))
        assert not any(secret in text for text in written for secret in secrets), "secret: it was written"

    def test_it_sends_only_for_the_networks_that_it_was_asked_for(
        self, make_adapter: MakeAdapter, peer: Peer, patience: float
    ) -> None:
        """Check an adapter with `send_to`: the outcome names, and the peer gets, only the requested networks."""
        if not isinstance(make_adapter(), ByTarget):
            pytest.skip("it sends each message for all networks at once")
        (outcome,) = results_of(make_adapter, patience, send_to_the_second)
        assert isinstance(outcome, Delivered | Partly), "partial: not delivered"
        assert not isinstance(outcome, Partly) or outcome.reached <= {NETWORKS[1]}, "partial: names another network"
        kept: dict[str, list[bytes]] | None = getattr(peer, "messages", None)
        if kept is not None:
            bodies = kept.get(IDENTIFIER, [])
            assert len(bodies) == 1, "partial: the peer did not get it once"
            assert NETWORKS[0].encode() not in bodies[0], "partial: sent for a network that has the message"


def _long_enough(failure: Failure, patience: float) -> float:
    """Return the seconds that a call may take; when an answer gets lost, the adapter's own timeout must fit in them."""
    return max(patience, LONGEST_CALL) if failure is Failure.TAKES_SILENTLY else patience
