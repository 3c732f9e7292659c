"""Defines the route with which the city decides on an application."""

from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_funding import commands, handlers, views
from buurtsein_funding.api.callers import ByFinance, Given
from buurtsein_funding.store import FundingStore

router = APIRouter(tags=["funding"])


@router.post("/applications/{application_id}/decision", response_model=views.ApplicationFile)
async def decide(application_id: UUID, command: commands.Decide, decision: ByFinance, given: Given) -> Response:
    """Grant or reject an application in the version that the official has read; the conditions are checked again."""

    async def handle(uow: UnitOfWork) -> Reply:
        application = await handlers.decide(application_id, command, decision.by, given, FundingStore(uow))
        return Reply(views.file_of(application), application.version)

    return await decision.once(handle)
