"""Subscribes to the Kafka topics on which services confirm that they have deleted their data about erased persons."""

from typing import Any

from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.subscription import Apply, Subscription
from buurtsein_contracts import Event
from buurtsein_contracts.events import ErasureConfirmed
from buurtsein_contracts.topics import CONFIRMATIONS
from buurtsein_registry import commands, handlers
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.store import RegistryStore


def confirmations(given: Dependencies) -> Subscription:
    """Return the subscription that stores other services' confirmations that they deleted data of erased persons."""
    return Subscription("registry.confirmations", CONFIRMATIONS, _confirmed(given))


def _confirmed(given: Dependencies) -> Apply:
    async def apply(event: Event[Any], uow: UnitOfWork) -> None:
        match event.data:
            case ErasureConfirmed() as confirmed:
                command = commands.ConfirmErasures(consumer=confirmed.service, events=[confirmed.erasure_id])
                await handlers.confirm_erasures(command, None, given, RegistryStore(uow, given.keyring))

    return apply
