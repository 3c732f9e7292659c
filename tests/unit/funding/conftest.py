"""Defines the fixtures: a funding store in memory, and in it a network that meets all conditions for funding."""

import pytest
from unit.funding.funding_memory import InMemory, network_in_order

from buurtsein_contracts import KnownNetwork


@pytest.fixture
def store() -> InMemory:
    return InMemory()


@pytest.fixture
def network(store: InMemory) -> KnownNetwork:
    known = network_in_order()
    store.know(known)
    return known
