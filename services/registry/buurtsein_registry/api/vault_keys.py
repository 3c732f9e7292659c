"""Defines the route that tells operators how much personal data is encrypted under the newest installation key."""

from fastapi import APIRouter

from buurtsein_chassis.sealed_rows import VaultKeys, vault_keys
from buurtsein_registry.api.callers import Given, ReadByOperator
from buurtsein_registry.store.vault_keys import persons_by_key

router = APIRouter(tags=["operations"])


@router.get("/operations/vault")
async def show_keys(reading: ReadByOperator, given: Given) -> VaultKeys:
    """Count the persons with a data key under each installation key; a job re-encrypts them with the newest key."""
    return vault_keys(await persons_by_key(reading.connection), given.keyring)
