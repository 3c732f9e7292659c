"""Defines the route that exports the members of a network with their names, for the police with a reason."""

from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.lists import AS_CSV, csv_response
from buurtsein_registry import handlers, views
from buurtsein_registry.api.callers import POLICE, Given, ReadByPolice
from buurtsein_registry.api.vault import Reason, noted, role_of
from buurtsein_registry.domain.vault_read import Reader, require_reason
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])


@router.get("/networks/{network_id}/register", response_class=Response, responses=AS_CSV)
async def register(network_id: UUID, reading: ReadByPolice, given: Given, reason: Reason = None) -> Response:
    """Export the members of a network with name, phone number and address as CSV; each read is noted."""
    reader = Reader(reading.caller.actor, role_of(reading.caller, POLICE), require_reason(reason))

    async def read(store: RegistryStore) -> tuple[str, list[handlers.Personal]]:
        return await handlers.read_register(network_id, reader, store)

    code, found = await noted(reading, given, read)
    return csv_response(views.REGISTER, [one for person in found for one in views.registered(code, network_id, person)])
