"""Records who read an account, a payment file or evidence."""

from uuid import UUID

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.database import Connection

_NOTE = """insert into account_reading (application_id, batch_id, evidence_id, reader, role)
values ($1, $2, $3, $4, $5)"""


async def note_reading(
    connection: Connection,
    reader: Caller,
    *,
    application_id: UUID | None = None,
    batch_id: UUID | None = None,
    evidence_id: UUID | None = None,
) -> None:
    """Record that somebody read the account or evidence of an application, or the file of a batch."""
    role = ", ".join(sorted(reader.roles))
    await connection.execute(_NOTE, application_id, batch_id, evidence_id, reader.actor, role)
