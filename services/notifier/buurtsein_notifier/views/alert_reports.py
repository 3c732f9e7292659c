"""Makes the response that lists the reports of an alert, without their texts and reporters."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.paging import Page, page_of
from buurtsein_contracts.events.alert import RefusalReason
from buurtsein_kernel.problems import missing

ALERT_REPORTS = """select i.report_id, i.category, i.severity, i.longitude, i.latitude, i.happened_at, held.fact_id,
        i.duplicate_of, held.elsewhere
    from alert_fact held join incident i using (fact_id)
    where held.alert_id = $1 and ($2::uuid is null or i.report_id > $2) order by i.report_id limit $3"""
EARLIER_REFUSALS = """select distinct a.alert_id, a.document ->> 'refusal' as reason,
        a.document ->> 'refused_by' as refused_by
    from alert_fact mine join alert_fact held using (fact_id) join alert a on a.alert_id = held.alert_id
    where mine.alert_id = $1 and a.alert_id <> $1 and a.state = 'REFUSED' order by a.alert_id desc limit 20"""


class ReportOfAlert(BaseModel):
    """One report of an alert; reports with the same `fact_id` are likely about the same thing that happened."""

    report_id: UUID
    category: str
    severity: str
    longitude: float
    latitude: float
    happened_at: datetime
    fact_id: UUID
    duplicate_of: UUID | None = None
    """The report that this one repeats, as a clerk decided."""
    elsewhere: bool
    """Whether the report is about another place, and is judged again after the decision."""


class EarlierRefusal(BaseModel):
    """An alert about the same reports that police refused earlier, with the reason."""

    alert_id: UUID
    reason: RefusalReason
    refused_by: str


async def alert_reports(connection: Connection, alert_id: UUID, limit: int, after: UUID | None) -> Page[ReportOfAlert]:
    """Return a page of the reports of an alert, oldest first; raise DomainError `alert_unknown`."""
    if not await connection.fetchval("select exists (select from alert where alert_id = $1)", alert_id):
        raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
    rows = await connection.fetch(ALERT_REPORTS, alert_id, after, limit + 1)
    return page_of([ReportOfAlert(**dict(row)) for row in rows], limit, lambda shown: str(shown.report_id))


async def earlier_refusals(connection: Connection, alert_id: UUID) -> list[EarlierRefusal]:
    """Return the alerts about the same reports that police refused, newest first."""
    rows = await connection.fetch(EARLIER_REFUSALS, alert_id)
    return [EarlierRefusal(**dict(row)) for row in rows]
