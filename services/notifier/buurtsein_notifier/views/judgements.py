"""Makes the response that shows the decision of each alert rule about a report."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_kernel.problems import missing
from buurtsein_notifier.domain.judgement import Finding


class JudgementShown(BaseModel):
    """The decision of one alert rule about a report: whether it leads to an alert, and the reason in Dutch."""

    rule: str | None
    finding: Finding
    worthy: bool
    why: str
    alert_id: UUID | None
    judged_at: datetime


class Judgements(BaseModel):
    """The decisions of all alert rules about one report."""

    report_id: UUID
    items: list[JudgementShown]


async def judgements(connection: Connection, report_id: UUID) -> Judgements:
    """Return the decisions of all alert rules about a report; raise DomainError `report_unknown`."""
    rows = await connection.fetch(
        """select rule, finding, worthy, why, alert_id, judged_at from judgement where report_id = $1 order by rule""",
        report_id,
    )
    if not rows:
        raise missing("report_unknown", "Deze melding is hier niet gekend.")
    return Judgements(report_id=report_id, items=[JudgementShown(**dict(row)) for row in rows])
