"""Shows a person who is signed in the reports that they follow from their account, each with its tracking token."""

from datetime import datetime

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.member import Language
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.handlers import Dependencies

MOST = 100
_OWN = f"select * from report where account = $1 order by reported_at desc, report_id limit {MOST}"  # noqa: S608


class OwnReport(BaseModel):
    """A report of the caller, with the tracking token that all routes for its reporter ask for."""

    reference: str
    tracking_token: str
    category: CategoryCode
    status: ReportStatus
    text: str
    """The sentence about its status."""
    reported_at: datetime


class OwnReports(BaseModel):
    """The newest reports that the caller follows from the account, at most 100."""

    items: list[OwnReport]


async def own_reports(connection: Connection, actor: str, language: Language | None, given: Dependencies) -> OwnReports:
    """Return the reports of a person's account, newest first, in this language or each in the report's language."""
    rows = await connection.fetch(_OWN, given.tracking.account(actor))
    items = []
    for row in rows:
        told = given.texts.in_language(language or Language(row["language"]))
        about = [row[name] for name in ("status", "route_to", "planned_on", "forwarded_to", "closing_reason")]
        shown = {"text": told.about(*about), "tracking_token": given.tracking.token(row["report_id"])}
        items.append(OwnReport.model_validate(dict(row) | shown))
    return OwnReports(items=items)
