"""The routes: report a lamp, and how many networks are known."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from buurtsein_chassis.auth import anyone
from buurtsein_chassis.calls import Answer, Command, Reading
from buurtsein_chassis.database import UnitOfWork
from city_lamps.events import LampReported

router = APIRouter(prefix="/v1")


class Lamp(BaseModel):
    """A lamp that is out."""

    lamp_id: UUID


class Known(BaseModel):
    """What the service knows."""

    networks: int


@router.post("/lamps", status_code=201)
async def report(lamp: Lamp, call: Command, caller: None = anyone()) -> Response:
    """Report that a lamp is out."""

    async def work(uow: UnitOfWork) -> Answer:
        await uow.connection.execute("insert into lamp values ($1)", lamp.lamp_id)
        await uow.record(LampReported(lamp_id=lamp.lamp_id, reported_at=datetime.now(UTC)))
        return Answer(lamp)

    return await call.once(caller, work, 201)


@router.get("/known")
async def known(connection: Reading, caller: None = anyone()) -> Known:  # noqa: ARG001 # declares the access
    """Say how many networks the service knows."""
    return Known(networks=await connection.fetchval("select count(*) from known_network"))
