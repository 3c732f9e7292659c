"""What one person may have open, and numbers that run out: refused with a code, and nothing is kept."""

from typing import Any

import pytest

from buurtsein_contracts import DomainError
from buurtsein_contracts.problems import ProblemKind
from buurtsein_registry import handlers
from buurtsein_registry.commands import ApplyForNetwork
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.rules import Rules
from buurtsein_registry.domain.states import OPEN, NetworkState
from buurtsein_registry.store import MOST_NETWORKS, RegistryStore

ONE, OTHER = ("p" + digit * 32 for digit in "12")
RING = [[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 50.9]]
COMMAND = ApplyForNetwork.model_validate(
    {"name": "BIN Proef", "kind": "BIN", "area": {"type": "Polygon", "coordinates": [RING]}, "postcodes": ["9300"]}
)


class Aalst:
    nis, network_code, police_zone = "41002", "AALST", "PZ Aalst"
    rules = Rules(("2026-1",), ("2026-1",), 365, 2)

    def has_area(self, _: Any) -> bool:
        return True

    def is_in(self, *_: Any) -> bool:
        return True


class Memory:
    """The part of the store that an application needs."""

    def __init__(self) -> None:
        self.networks: list[Network] = []

    async def open_applications(self, applicant: str) -> int:
        return sum(1 for one in self.networks if one.applicant == applicant and one.state in OPEN)

    async def next_code(self, kind: str, place: str) -> str:
        return f"{kind}-{place}-{len(self.networks) + 1:04d}"

    async def add_network(self, network: Network) -> None:
        self.networks.append(network)


async def apply(store: Any, who: str) -> Network:
    return await handlers.apply_for_network(COMMAND, who, Aalst(), store)


async def test_one_person_has_so_many_open_applications_and_no_more() -> None:
    store = Memory()
    first, _ = [await apply(store, ONE) for _ in range(2)]
    with pytest.raises(DomainError, match="too_many_applications") as refused:
        await apply(store, ONE)
    assert refused.value.kind is ProblemKind.CONFLICT
    assert "2 lopende aanvragen" in refused.value.detail
    await apply(store, OTHER)
    first.state = NetworkState.RECOGNISED
    await apply(store, ONE)
    assert len(store.networks) == 4


class Numbers:
    """A connection whose sequence has come so far."""

    def __init__(self, number: int) -> None:
        self.number = number

    async def fetchval(self, _: str) -> int:
        return self.number


async def test_the_last_number_is_used_and_then_they_are_used_up() -> None:
    async def code(number: int) -> str:
        uow: Any = type("UnitOfWork", (), {"connection": Numbers(number)})
        return await RegistryStore(uow).next_code("BIN", "AALST")

    assert await code(MOST_NETWORKS) == "BIN-AALST-999999"
    with pytest.raises(DomainError, match="network_numbers_used_up"):
        await code(MOST_NETWORKS + 1)
