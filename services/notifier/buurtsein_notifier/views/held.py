"""Counts the reports that belong to an alert now; the stored alert contains only earlier counts."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.proposing import MAX_REPORTS


class Held(BaseModel):
    """The counts of an alert: its reports now, its facts (things that happened), and the reports after its release."""

    reports: int
    facts: int
    since_release: int = 0
    more: str | None = None
    """Dutch words such as `en nog 4812 meldingen`, when not all reports are listed."""


async def held_by(connection: Connection, alerts: Sequence[Alert]) -> dict[UUID, Held]:
    """Return the counts of each alert, which come from the alert itself when retention has deleted its reports."""
    rows = await connection.fetch(
        """select alert_id, count(*) as facts, sum(reports)::int as reports
           from alert_fact join fact using (fact_id) where alert_id = any($1) group by alert_id""",
        [alert.alert_id for alert in alerts],
    )
    counted = {row["alert_id"]: (row["reports"], row["facts"]) for row in rows}
    return {one.alert_id: _held(one, *counted.get(one.alert_id, (one.reports, one.facts))) for one in alerts}


def _held(alert: Alert, reports: int, facts: int) -> Held:
    at_release = alert.reports_at_release
    since = 0 if at_release is None else max(0, reports - at_release)
    return Held(reports=reports, facts=facts, since_release=since)


async def newest_reports(connection: Connection, alert: Alert) -> list[UUID]:
    """Return the newest reports of an alert, newest first, at most as many as an event can carry."""
    newest: list[UUID] = await connection.fetchval(
        """select array(
               select report_id from alert_fact held cross join lateral (
                   select report_id from incident where fact_id = held.fact_id order by report_id desc limit $2) i
               where held.alert_id = $1 order by report_id desc limit $2)""",
        alert.alert_id,
        MAX_REPORTS,
    )
    return newest or alert.report_ids


def with_more(held: Held, shown: int) -> Held:
    """Return the counts, with the number of reports beyond the `shown` ones in Dutch words."""
    unseen = held.reports - shown
    more = None if unseen <= 0 else f"en nog {unseen} {'melding' if unseen == 1 else 'meldingen'}"
    return held.model_copy(update={"more": more})
