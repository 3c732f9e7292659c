"""Makes the response that tells which records of another system have become a report."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_reports.commands import AskSources


class KnownSource(BaseModel):
    """A record of another system that became a report."""

    number: str
    report_id: UUID
    happened_from: datetime


class KnownSources(BaseModel):
    """The records in the request that have already become a report."""

    items: list[KnownSource]


async def known_sources(connection: Connection, asked: AskSources) -> KnownSources:
    """Return the records in the request that have already become a report."""
    rows = await connection.fetch(
        """select source_number as number, report_id, happened_from from report
           where source_system = $1 and source_number = any($2)""",
        asked.system,
        asked.numbers,
    )
    return KnownSources(items=[KnownSource.model_validate(dict(row)) for row in rows])
