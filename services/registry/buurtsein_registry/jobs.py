"""Runs the registry's jobs: they re-encrypt the vault, do planned erasures, and tell which networks are at risk."""

from collections.abc import Mapping
from functools import partial

from buurtsein_chassis.database import Database
from buurtsein_chassis.jobs import Job
from buurtsein_chassis.service import Run
from buurtsein_registry import handlers
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.manifest import CONTINUITY, ENCRYPTION, PLANNED_ERASURES
from buurtsein_registry.store import RegistryStore
from buurtsein_registry.store.continuity import at_risk

AT_ONCE = 100
"""The number of persons that are encrypted in one transaction."""


def jobs(given: Dependencies) -> Mapping[Job, Run]:
    """Return the function of each of the registry's jobs."""
    return {
        ENCRYPTION: partial(encrypt_vault, given),
        PLANNED_ERASURES: partial(erase_planned, given),
        CONTINUITY: partial(tell_risks, given),
    }


async def erase_planned(given: Dependencies, database: Database) -> None:
    """Erase the persons whose erasure was planned and is possible now, with one transaction for each person."""
    async with database.unit_of_work() as uow:
        persons = await RegistryStore(uow, given.keyring).planned_erasures()
    for person in persons:
        async with database.unit_of_work() as uow:
            await handlers.erase_planned(person, given, RegistryStore(uow, given.keyring))


async def encrypt_vault(given: Dependencies, database: Database) -> None:
    """Encrypt all vault rows that are not under the newest key; the next run continues after an interruption."""
    done = AT_ONCE
    while done == AT_ONCE:
        async with database.unit_of_work() as uow:
            done = await RegistryStore(uow, given.keyring).encrypt_some(AT_ONCE)


async def tell_risks(given: Dependencies, database: Database) -> None:
    """Record NetworkAtRisk for each network with a risk that was not told this year, one transaction for each."""
    async with database.connection() as connection:
        found = await at_risk(connection, given.rules, given.today)
    for network, reasons in found:
        async with database.unit_of_work() as uow:
            await handlers.tell_risks(network.network_id, reasons, given, RegistryStore(uow, given.keyring))
