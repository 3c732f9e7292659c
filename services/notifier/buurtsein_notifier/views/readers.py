"""Notes who reads an alert, and makes the part of its response that shows it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection


class ReadBy(BaseModel):
    """A person, by pseudonym, who read the alert, and when first and last."""

    reader: str
    first_read_at: datetime
    last_read_at: datetime


async def note_reader(connection: Connection, alert_id: UUID, reader: str) -> None:
    """Note that a person read an alert; an alert that does not exist is not noted."""
    await connection.execute(
        """insert into alert_reader (alert_id, reader) select alert_id, $2 from alert where alert_id = $1
           on conflict (alert_id, reader) do update set last_read_at = now()""",
        alert_id,
        reader,
    )


async def readers_of(connection: Connection, alert_id: UUID) -> list[ReadBy]:
    """Return who read an alert, the first reader first."""
    rows = await connection.fetch(
        """select reader, first_read_at, last_read_at from alert_reader where alert_id = $1
           order by first_read_at, reader limit 200""",
        alert_id,
    )
    return [ReadBy(**dict(row)) for row in rows]
