"""The HTTP routes: one reports a broken lamp, the other returns how many networks the service knows."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Reply, anyone_may_call
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.reading import Reading, anyone_may_read
from buurtsein_kernel.clock import SystemClock
from city_lamps.events import LampReported

router = APIRouter()


class Lamp(BaseModel):
    """The body of a request that reports a lamp."""

    lamp_id: UUID


class Known(BaseModel):
    """The number of networks that the service knows."""

    networks: int


@router.post("/lamps", status_code=201)
async def report(lamp: Lamp, call: Annotated[Call[Caller | None], anyone_may_call()]) -> Response:
    """Report that a lamp is out."""

    async def handle(uow: UnitOfWork) -> Reply:
        await uow.connection.execute("insert into lamp values ($1)", lamp.lamp_id)
        await uow.record(LampReported(lamp_id=lamp.lamp_id, reported_at=SystemClock().now()))
        return Reply(lamp, status=201)

    return await call.once(handle)


@router.get("/known")
async def known(reading: Annotated[Reading[Caller | None], anyone_may_read()]) -> Known:
    """Return how many networks the service knows."""
    return Known(networks=await reading.connection.fetchval("select count(*) from known_network"))
