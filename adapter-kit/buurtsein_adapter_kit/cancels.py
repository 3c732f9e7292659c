"""Contains the tests of how an adapter takes messages back."""

import pytest

from buurtsein_adapter_kit.calls import MakeAdapter, cancel, cancel_both, results_of, send, send_another
from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.messages import CANCELLING, IDENTIFIER, SECOND
from buurtsein_adapter_kit.playing import Peer
from buurtsein_notifier.adapters import Cancelling, Delivered, NotAllowed, Partly, Refused, limits_of


class CancelTests:
    """The tests of how an adapter takes messages back, by a message or by its method `cancel`."""

    def test_a_message_that_cancels_an_earlier_one_arrives(
        self, make_adapter: MakeAdapter, peer: Peer, patience: float
    ) -> None:
        """Check that a Cancel message arrives like any other, unless the adapter's limits exclude cancelling."""
        _needs_cancels(make_adapter)
        _, cancelled = results_of(make_adapter, patience, send, cancel)
        assert isinstance(cancelled, Delivered), "cancel: not delivered"
        once = peer.deliveries(CANCELLING) == 1 or _taken_back(peer) == [IDENTIFIER]
        assert once, "cancel: the peer did not get it once"

    def test_a_cancel_of_several_messages_takes_each_back(
        self, make_adapter: MakeAdapter, peer: Peer, patience: float
    ) -> None:
        """Check that the method `cancel` takes back each message that it is given."""
        _needs_method(make_adapter)
        *_, cancelled = results_of(make_adapter, patience, send, send_another, cancel_both)
        assert isinstance(cancelled, Delivered), "cancel: not delivered"
        each = peer.deliveries(CANCELLING) == 1 or sorted(_taken_back(peer)) == [IDENTIFIER, SECOND]
        assert each, f"cancel: of two messages the peer took back {_taken_back(peer)}"

    def test_a_cancel_that_is_repeated_is_not_refused(self, make_adapter: MakeAdapter, patience: float) -> None:
        """Check that the method `cancel` never reports a message that is already gone as refused."""
        _needs_method(make_adapter)
        *_, again = results_of(make_adapter, patience, send, cancel, cancel)
        assert not isinstance(again, Refused | NotAllowed), "cancel: already gone reported as refused"

    def test_a_cancel_that_fails_is_not_reported_as_done(
        self, make_adapter: MakeAdapter, peer: Peer, failure: Failure, patience: float
    ) -> None:
        """Check that a Cancel that the peer did not take is never reported as delivered."""
        _needs_cancels(make_adapter)
        results_of(make_adapter, patience, send)
        peer.fail(failure)
        (outcome,) = results_of(make_adapter, patience, cancel)
        assert not isinstance(outcome, Delivered | Partly), f"cancel: {failure} reported as done"


def _needs_cancels(make_adapter: MakeAdapter) -> None:
    if not limits_of(make_adapter()).cancels:
        pytest.skip("the peer takes no message that cancels")


def _needs_method(make_adapter: MakeAdapter) -> None:
    adapter = make_adapter()
    if not limits_of(adapter).cancels or not isinstance(adapter, Cancelling):
        pytest.skip("it has no method `cancel`")


def _taken_back(peer: Peer) -> list[str]:
    taken_back: list[str] = getattr(peer, "cancelled", [])
    return taken_back
