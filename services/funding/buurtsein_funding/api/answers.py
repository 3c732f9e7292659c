"""Calls a handler in one transaction, and makes the response."""

from collections.abc import Awaitable, Callable

from fastapi import Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_funding import views
from buurtsein_funding.domain.application import Application
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.store import FundingStore

type Handler = Callable[[Dependencies, FundingStore], Awaitable[Application]]
"""A function that handles one request with the dependencies and the store; its other arguments are given already."""


async def answered(call: Call[Caller], handle: Handler, given: Dependencies, status: int = 200) -> Response:
    """Call a handler in one transaction and return the application as response, with its ETag."""

    async def done(uow: UnitOfWork) -> Reply:
        application = await handle(given, FundingStore(uow))
        return Reply(views.file_of(application), application.version, status)

    return await call.once(done)
