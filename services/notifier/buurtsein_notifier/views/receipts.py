"""Makes the responses about receipts: how many members of each network got a message."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection


class ReceiptShown(BaseModel):
    """How many members of a network got a message by one channel, by the latest count of the peer."""

    target: UUID
    channel: str
    delivered: int
    failed: int
    at: datetime


class ReceiptsTaken(BaseModel):
    """How many receipts were about messages of the adapter, and how many were about others."""

    taken: int
    ignored: int


async def receipts_of(connection: Connection, alert_id: UUID) -> dict[UUID, list[ReceiptShown]]:
    """Return the receipts of an alert's messages, by delivery, each list by network and channel."""
    rows = await connection.fetch(
        """select r.* from receipt r join delivery using (delivery_id) where alert_id = $1
           order by delivery_id, target, channel""",
        alert_id,
    )
    found: dict[UUID, list[ReceiptShown]] = {row["delivery_id"]: [] for row in rows}
    for row in rows:
        found[row["delivery_id"]].append(ReceiptShown.model_validate(dict(row)))
    return found
