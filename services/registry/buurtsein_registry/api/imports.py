"""Defines the routes that import one row of a list kept outside the registry; a row is never imported twice."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_kernel.commands import By
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import POLICE, ByImporter, ByMemberImporter, Given
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])
type Entry = Callable[[By, RegistryStore], Awaitable[tuple[UUID, bool]]]
"""A function that imports a row, and returns the id of the network or membership and whether it is new."""


@router.post("/imported-networks", status_code=201, response_model=views.ImportedRow)
async def import_network(command: commands.ImportNetwork, call: ByImporter, given: Given) -> Response:
    """Create a network from an imported row: an application on paper, or a network that is recognised already."""
    return await _entered(call, given, lambda by, store: handlers.import_network(command, by, given, store))


@router.post("/networks/{network_id}/imported-members", status_code=201, response_model=views.ImportedRow)
async def import_member(
    network_id: UUID, command: commands.ImportMember, call: ByMemberImporter, given: Given
) -> Response:
    """Import a member who agreed on paper, from a row of a list; coordinators only import into their own network."""
    row = await handlers.import_with_address(command, given)
    role = next((one for one in POLICE if one in call.caller.roles), "coordinator")
    return await _entered(
        call, given, lambda by, store: handlers.import_member(network_id, row, by, given, store, role=role)
    )


async def _entered(call: Call[Caller], given: Dependencies, enter: Entry) -> Response:
    by = By(call.caller.actor, "", call.caller.roles)

    async def done(uow: UnitOfWork) -> Reply:
        became, new = await enter(by, RegistryStore(uow, given.keyring))
        return Reply(views.ImportedRow(id=became, new=new), status=201 if new else 200)

    return await call.once(done)
