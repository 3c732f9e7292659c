"""Tests what the messages of an alert cost: free units, VAT, and rounding to the cent."""

from uuid import uuid4

import pytest

from buurtsein_contracts.events.message_cost import MessageCost


@pytest.mark.parametrize(
    ("units", "free", "vat", "cents"),
    [(84, 10, 21, 492), (10, 10, 21, 0), (1, 0, 0, 6), (1000, 0, 21, 6655), (0, 0, 21, 0)],
)
def test_a_cost_counts_the_units_that_were_not_free_with_vat(units: int, free: int, vat: int, cents: int) -> None:
    assert MessageCost.of(uuid4(), units, free, 55_000, vat).total_cents == cents


def test_more_free_units_than_were_sent_is_refused() -> None:
    with pytest.raises(ValueError, match="more units are free"):
        MessageCost.of(uuid4(), 3, 4, 55_000, 21)
