"""Tests over HTTP on PostgreSQL which roles see how many members of a network get messages."""

import pytest
from integration.registry_scene import Registry
from unit.registry.registry_memory import APPLICANT, GIVEN, MAYOR, NEIGHBOUR, OFFICER

from buurtsein_registry import api
from buurtsein_registry.domain.network import Network
from harness.in_process import caller, serving


@pytest.mark.parametrize(
    ("actor", "roles", "status"),
    [
        (NEIGHBOUR, ("coordinator", "member"), 404),
        (NEIGHBOUR, ("coordinator", "fod"), 404),
        (APPLICANT, ("coordinator", "member"), 200),
        (MAYOR, ("coordinator", "burgemeester"), 200),
        (OFFICER, ("dispatcher", "member"), 200),
    ],
)
async def test_only_officials_see_the_reach_of_networks_that_are_not_theirs(
    registry: Registry, network: Network, actor: str, roles: tuple[str, ...], status: int
) -> None:
    async with serving(api.router, registry.database, GIVEN) as client:
        answer = await client.get(f"/networks/{network.network_id}/reach", headers=caller(actor, *roles))
    assert answer.status_code == status
