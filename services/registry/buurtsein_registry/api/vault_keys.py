"""Defines the route that tells operators how much personal data is encrypted under the newest installation key."""

from fastapi import APIRouter

from buurtsein_registry import views
from buurtsein_registry.api.callers import Given, ReadByOperator

router = APIRouter(tags=["operations"])


@router.get("/operations/vault")
async def vault_keys(reading: ReadByOperator, given: Given) -> views.VaultKeys:
    """Count the persons with a data key under each installation key; a job re-encrypts them with the newest key."""
    return await views.vault_keys(reading.connection, given.keyring)
