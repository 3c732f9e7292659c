"""Shows a reporter how far the handling of a report is."""

from datetime import datetime

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.incident import Category
from buurtsein_kernel.problems import DomainError, missing
from buurtsein_reports.domain.report import ReportStatus, read_reference
from buurtsein_reports.domain.tracking import is_right


class Progress(BaseModel):
    """The status of a report, for its reporter."""

    reference: str
    status: ReportStatus
    category: Category
    reported_at: datetime


async def progress(connection: Connection, reference: str, token: str | None) -> Progress:
    """Return the status of a report; raise DomainError `report_unknown` when reference or token is wrong."""
    row = await connection.fetchrow(
        "select reference, status, category, reported_at, tracking_sha256 from report where reference = $1",
        read_reference(reference),
    )
    if not is_right("".join(token.split()) if token else None, row["tracking_sha256"] if row else None):
        raise unknown()
    return Progress.model_validate(dict(row or {}))


def unknown() -> DomainError:
    """Return the error for a report that does not exist, or that this caller may not know of."""
    return missing("report_unknown", "Deze melding bestaat niet.")
