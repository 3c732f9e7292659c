"""Shows a forwarded report to the body that has its token: what happened and where, and nothing of the reporter."""

from datetime import date, datetime

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.report import read_reference, unknown_report
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.handlers import Dependencies
from buurtsein_reports.views.report_file import Reader, note_reading

_FORWARDED = "select * from report where reference = $1 and status = $2"
OTHER_BODY = Reader(actor="forwarded", role="other-body", only_city=False, reason="forwarded")
"""The reader that is recorded when another body reads a report, because the person is not known."""


class ForwardedReport(BaseModel):
    """A report for the body to which it was forwarded."""

    reference: str
    category: CategoryCode
    text: str
    happened_from: datetime
    latitude: float | None = None
    longitude: float | None = None
    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    answer_by: date | None = None
    """The last day for the answer."""
    waits: bool
    """Always true, because a report is shown only while it waits for the answer."""


async def forwarded_report(
    connection: Connection, reference: str, token: str | None, given: Dependencies
) -> ForwardedReport:
    """Return a forwarded report and record the reading.

    Raises DomainError `report_unknown` without its token, and after the report has stopped waiting for the answer.
    """
    async with connection.transaction():
        row = await connection.fetchrow(_FORWARDED, read_reference(reference), ReportStatus.FORWARDED)
        if row is None or not given.tracking.is_forwarding(token, row["report_id"], row["forwarding"]):
            raise unknown_report()
        await note_reading(connection, [row["report_id"]], OTHER_BODY)
    return ForwardedReport.model_validate(dict(row) | {"waits": True})
