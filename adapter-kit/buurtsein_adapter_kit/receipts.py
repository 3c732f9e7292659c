"""Contains the tests of how an adapter reads receipts."""

import pytest

from buurtsein_adapter_kit.calls import MakeAdapter, error_of, receiving, results_of, send, status
from buurtsein_adapter_kit.failures import HOSTILE_BODIES
from buurtsein_adapter_kit.messages import IDENTIFIER, NETWORKS, SECRET
from buurtsein_notifier.adapters import Found, NotAuthentic, limits_of
from buurtsein_notifier.adapters.usable import usable_receipts


class ReceiptTests:
    """The tests of an adapter whose peer posts receipts, or tells them when `status` asks."""

    def test_a_receipt_of_the_peer_is_read_and_can_be_stored(self, make_adapter: MakeAdapter) -> None:
        """Check that `parse_receipt` reads the adapter's own example, and returns the same receipts each time."""
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
        """Check that `status`, after a send, returns receipts of that message and its networks only."""
        if not limits_of(make_adapter()).receipts:
            pytest.skip("its `status` tells no receipts")
        _, answer = results_of(make_adapter, patience, send, status)
        told = answer.receipts if isinstance(answer, Found) else ()
        assert {one.identifier for one in told} <= {IDENTIFIER}, "status: receipts of another message"
        assert {str(one.target) for one in told} <= set(NETWORKS), "status: receipts of another network"
