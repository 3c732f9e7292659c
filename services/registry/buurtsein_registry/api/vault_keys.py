"""Defines the route that shows operators how far the vault is encrypted under the newest installation key."""

from fastapi import APIRouter

from buurtsein_registry import views
from buurtsein_registry.api.callers import Given, ReadByOperator

router = APIRouter(tags=["operations"])


@router.get("/operations/vault")
async def vault_keys(reading: ReadByOperator, given: Given) -> views.VaultKeys:
    """Show under which installation keys the data keys of persons are encrypted; the job `vault_encryption` does it."""
    return await views.vault_keys(reading.connection, given.keyring)
