"""Contains pytest tests that every adapter must pass, also adapters of other teams.

`pytest --adapter=module:Class` runs them with a peer of the kit (`test_adapter.py`). With a peer of your own, make a
subclass of `AdapterConformance` with `failures`, the failures that your peer can produce, and two fixtures: `peer`,
which fails as a test tells it, and `make_adapter`, which makes an adapter that sends to this peer. There is a test for
each of these failures and none for others.
"""

import logging
import re
from typing import ClassVar, Protocol

import pytest

from buurtsein_adapter_kit.calls import (
    MakeAdapter,
    cancel,
    error_of,
    is_storable,
    receiving,
    results_of,
    send,
    send_to_the_second,
    send_unchecked,
    status,
)
from buurtsein_adapter_kit.failures import EXPECTED, HOSTILE_BODIES, IN_DOUBT, TAKEN, Failure
from buurtsein_adapter_kit.messages import CANCELLING, IDENTIFIER, NETWORKS, SECRET, message
from buurtsein_notifier.adapters import (
    LONGEST_CALL,
    Adapter,
    ByTarget,
    Delivered,
    Found,
    NotAllowed,
    NotAuthentic,
    NotFound,
    Outcome,
    Partly,
    Refused,
    TryAgain,
    limits_of,
)
from buurtsein_notifier.adapters.limits import Limits, beyond
from buurtsein_notifier.adapters.usable import usable_receipts
from buurtsein_notifier.cap import from_xml

__all__ = ["FAILURES_OF_TESTS", "AdapterConformance", "MakeAdapter", "Peer", "Talkative"]


class Peer(Protocol):
    """The system to which an adapter sends, or a test double of it."""

    def fail(self, failure: Failure) -> None:
        """Make the peer fail in the given way at the next message that is sent, and only at that message."""

    def deliveries(self, identifier: str) -> int:
        """Return how many times the peer got the message with this identifier."""


class Talkative(Peer, Protocol):
    """A peer that can answer with hostile bodies, and that keeps the bodies of messages."""

    messages: dict[str, list[bytes]]

    def say(self, hostile: str) -> None:
        """Take the next message and answer with the body of HOSTILE_BODIES that has this name."""


FAILURES_OF_TESTS: dict[str, tuple[Failure, ...]] = {
    "test_each_failure_has_the_right_outcome": tuple(EXPECTED),
    "test_after_an_unknown_outcome_status_agrees_with_the_peer": IN_DOUBT,
    "test_a_message_that_did_not_arrive_is_delivered_once_when_it_is_sent_again": (
        Failure.BUSY,
        Failure.AWAY,
        Failure.LOSES,
        Failure.RESETS,
    ),
    "test_a_cancel_that_fails_is_not_reported_as_done": (
        Failure.BUSY,
        Failure.RESETS,
        Failure.TURNS_AWAY,
    ),
    "test_a_busy_peer_gets_the_time_that_it_asked_for": (Failure.BUSY,),
    "test_a_hostile_answer_gives_a_result_that_can_be_stored": (Failure.HOSTILE,),
    "test_the_same_message_is_the_same_each_time": (Failure.HOSTILE,),
    "test_no_secret_is_written_anywhere": (Failure.TURNS_AWAY,),
}
"""The failures that each test is about; it runs for those that the peer can produce."""


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

    @pytest.fixture
    def patience(self) -> float:
        """Return after how many seconds a call counts as one without an answer."""
        return LONGEST_CALL

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
        assert isinstance(outcome, Delivered), "send: not delivered to a peer that takes everything"
        assert not isinstance(after, NotFound), "status: lost what was sent"
        assert peer.deliveries(IDENTIFIER) == 1, "send: the peer did not get the message once"

    def test_each_failure_has_the_right_outcome(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure, patience: float
    ) -> None:
        """Check that the adapter reports an outcome after each failure only when the outcome is certain."""
        peer.fail(failure)
        (outcome,) = results_of(make_adapter, patience, send)
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

    def test_a_message_that_did_not_arrive_is_delivered_once_when_it_is_sent_again(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure, patience: float
    ) -> None:
        """Check that the same adapter delivers the message once when it is sent again after the failure."""
        peer.fail(failure)
        _, again = results_of(make_adapter, patience, send, send)
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

    def test_a_message_that_cancels_an_earlier_one_arrives(
        self, make_adapter: MakeAdapter, peer: Peer, patience: float
    ) -> None:
        """Check that a Cancel arrives as any message does, unless the limits say that the peer takes none."""
        adapter_limits = limits_of(make_adapter())
        if not adapter_limits.cancels:
            pytest.skip("the peer takes no message that cancels")
        _, cancelled = results_of(make_adapter, patience, send, cancel)
        assert isinstance(cancelled, Delivered), "cancel: not delivered"
        taken_back: list[str] = getattr(peer, "cancelled", [])
        once = peer.deliveries(CANCELLING) == 1 or taken_back == [IDENTIFIER]
        assert once, "cancel: the peer did not get it once"

    def test_a_cancel_that_fails_is_not_reported_as_done(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure, patience: float
    ) -> None:
        """Check that a Cancel that the peer did not take is never reported as delivered."""
        if not limits_of(make_adapter()).cancels:
            pytest.skip("the peer takes no message that cancels")
        results_of(make_adapter, patience, send)
        peer.fail(failure)
        (outcome,) = results_of(make_adapter, patience, cancel)
        assert not isinstance(outcome, Delivered | Partly), f"cancel: {failure} reported as done"

    def test_a_receipt_of_the_peer_is_read_and_can_be_stored(self, make_adapter: MakeAdapter) -> None:
        """Check that `parse_receipt` reads the adapter's own example, and gives the same each time."""
        adapter = receiving(make_adapter)
        read = [list(adapter.parse_receipt(*adapter.receipt_example(SECRET), SECRET)) for _ in range(2)]
        assert read[0], "receipt: the example holds none"
        assert read[0] == read[1], "receipt: the same request is read in two ways"
        assert usable_receipts(read[0]) == tuple(read[0]), "receipt: cannot be stored"

    def test_a_receipt_that_is_not_of_the_peer_is_refused(self, make_adapter: MakeAdapter) -> None:
        """Check that `parse_receipt` raises NotAuthentic for a request that was made with another secret."""
        adapter = receiving(make_adapter)
        headers, body = adapter.receipt_example("whsec_" + "bm90LXRoZS1yaWdodC1zZWNyZXQ=")
        assert error_of(adapter, headers, body) is NotAuthentic, "receipt: taken from somebody else"

    def test_a_hostile_receipt_is_refused(self, make_adapter: MakeAdapter) -> None:
        """Check that any other body makes `parse_receipt` raise NotAuthentic or ValueError, and nothing else.

        What `json` raises for a body that is nested too deeply is allowed too.
        """
        adapter = receiving(make_adapter)
        headers, _ = adapter.receipt_example(SECRET)
        for name, body in HOSTILE_BODIES.items():
            raised = error_of(adapter, headers, body)
            right = (NotAuthentic, ValueError, RecursionError)
            assert issubclass(raised or BaseException, right), f"receipt: {name} gave {raised}"

    def test_status_tells_only_of_the_message_that_it_is_asked_for(
        self, make_adapter: MakeAdapter, patience: float
    ) -> None:
        """Check an adapter with `receipts` in its limits: after a send, `status` tells of the message's networks."""
        if not limits_of(make_adapter()).receipts:
            pytest.skip("its `status` tells no receipts")
        _, answer = results_of(make_adapter, patience, send, status)
        told = answer.receipts if isinstance(answer, Found) else ()
        assert {one.identifier for one in told} <= {IDENTIFIER}, "status: receipts of another message"
        assert {str(one.target) for one in told} <= set(NETWORKS), "status: receipts of another network"

    def test_the_same_message_is_the_same_each_time(
        self, make_adapter: MakeAdapter, peer: Talkative, failure: Failure, patience: float
    ) -> None:
        """Check that two sends of one message, by two objects, give the peer the same body, so that it can tell."""
        assert failure
        xml = message()

        async def send_it(adapter: Adapter) -> Outcome:
            return await adapter.send(IDENTIFIER, xml)

        for _ in range(2):
            results_of(make_adapter, patience, send_it)
        assert len(set(peer.messages[IDENTIFIER])) == 1, "idempotency: the same message differs when it is sent again"

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
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        """Check that the planted secret is in no log, output, result or `repr`, also when the peer turns it away."""
        caplog.set_level(logging.DEBUG)
        peer.fail(failure)
        results = results_of(make_adapter, patience, send, status, send)
        written = (caplog.text, *capfd.readouterr(), repr(results), repr(make_adapter()))
        assert not any(SECRET in text for text in written), "secret: it was written"

    def test_it_sends_only_for_the_networks_that_it_was_asked_for(
        self, make_adapter: MakeAdapter, peer: Peer, patience: float
    ) -> None:
        """Check an adapter with `send_to`: it names only networks that it was asked for, and sends no other."""
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
