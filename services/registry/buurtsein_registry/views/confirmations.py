"""Makes the response that lists the erasures which outside consumers have not confirmed."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_registry.domain.rules import Rules
from buurtsein_registry.store import confirmations

MOST = 500
"""The largest number of erasures in one list."""


class OpenErasure(BaseModel):
    """An erasure that a consumer has not confirmed: the id of the event PersonErased, without the pseudonym."""

    event_id: UUID
    consumer: str
    erased_at: datetime
    late: bool


class OpenErasures(BaseModel):
    """The erasures that consumers have not confirmed, the earliest first; at most 500."""

    items: list[OpenErasure]


async def open_erasures(connection: Connection, rules: Rules) -> OpenErasures:
    """Return the response with the erasures that a consumer must still confirm."""
    rows = await confirmations.open_erasures(connection, rules.erasure_consumers, rules.confirmation_days, MOST)
    return OpenErasures(items=[OpenErasure.model_validate(dict(row)) for row in rows])
