"""Defines the route that tells operators how many accounts are encrypted under the newest installation key."""

from fastapi import APIRouter

from buurtsein_chassis.sealed_rows import VaultKeys, vault_keys
from buurtsein_funding.api.callers import Given, ReadByOperator
from buurtsein_funding.store.keys import accounts_by_key

router = APIRouter(tags=["operations"])


@router.get("/operations/vault")
async def show_keys(reading: ReadByOperator, given: Given) -> VaultKeys:
    """Count the accounts under each installation key; an account counts as a person, and so does a payment file."""
    return vault_keys(await accounts_by_key(reading.connection), given.keyring)
