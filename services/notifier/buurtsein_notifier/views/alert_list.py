"""Makes the response that lists alerts."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.paging import Page, page_of
from buurtsein_contracts.events.alert import AlertKind
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_notifier.documents import ALERTS
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.views.held import Held, held_by


class AlertSummary(BaseModel):
    """The data of an alert that a list shows."""

    alert_id: UUID
    state: AlertState
    kind: AlertKind
    category: Category
    severity: Severity
    headline: str
    why: str
    reports: int
    since_release: int
    """The number of reports that joined the alert after its release."""
    network_ids: list[UUID]
    proposed_at: datetime
    expires_at: datetime
    version: int


async def alerts(
    connection: Connection, state: AlertState | None, limit: int, after: UUID | None
) -> Page[AlertSummary]:
    """Return a page of alerts in a state, or in all states when it is None, oldest first."""
    rows = await connection.fetch(
        """select document, schema from alert
           where ($1::text is null or state = $1) and ($2::uuid is null or alert_id > $2)
           order by alert_id limit $3""",
        state,
        after,
        limit + 1,
    )
    listed = [ALERTS.read_row(row) for row in rows]
    held = await held_by(connection, listed)
    found = [_summary(alert, held[alert.alert_id]) for alert in listed]
    return page_of(found, limit, lambda shown: str(shown.alert_id))


def _summary(alert: Alert, held: Held) -> AlertSummary:
    return AlertSummary(
        alert_id=alert.alert_id,
        state=alert.state,
        kind=alert.kind,
        category=alert.category,
        severity=alert.severity,
        headline=alert.texts.headline,
        why=alert.why,
        reports=held.reports,
        since_release=held.since_release,
        network_ids=alert.network_ids,
        proposed_at=alert.proposed_at,
        expires_at=alert.expires_at,
        version=alert.version,
    )
