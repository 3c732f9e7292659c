"""Fixtures: a store in memory, and a network in it that meets all conditions."""

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
