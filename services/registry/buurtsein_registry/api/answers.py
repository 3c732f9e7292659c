"""Calls a handler in one transaction, and makes the response."""

from collections.abc import Awaitable, Callable

from fastapi import Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_registry import views
from buurtsein_registry.api.callers import OFFICES
from buurtsein_registry.domain.network import Network
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.store import RegistryStore

type Handler = Callable[[Dependencies, RegistryStore], Awaitable[Network]]
"""A function that handles one request with the dependencies and the store; its other arguments are given already."""


async def answered(call: Call[Caller], handle: Handler, given: Dependencies, status: int = 200) -> Response:
    """Call a handler in one transaction and return the network as response, with its ETag."""
    official = not call.caller.roles.isdisjoint(OFFICES)

    async def done(uow: UnitOfWork) -> Reply:
        network = await handle(given, RegistryStore(uow, given.keyring))
        return Reply(views.file_of(network, given.today, for_official=official), network.version, status)

    return await call.once(done)
