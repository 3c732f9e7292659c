"""Declares the list of alerts, newest first, with its filters, and counts the alerts by state."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.lists import (
    Condition,
    Filter,
    Lister,
    Listing,
    ListQuery,
    Order,
    Total,
    condition,
    equals,
    one_of,
    words_in,
)
from buurtsein_contracts.events.alert import AlertKind, Purpose
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_kernel.days import BRUSSELS
from buurtsein_notifier.documents import ALERTS
from buurtsein_notifier.domain.states import AlertState, Origin

_OVERDUE = "feedback_due_at < now() and feedback_due_at is not null and feedback_given_at is null"
_TO_AUDIT = "audit_open"


class ListedAlert(BaseModel):
    """The data of an alert that a list shows."""

    alert_id: UUID
    state: AlertState
    origin: Origin
    purpose: Purpose
    follows: UUID | None = None
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
    sent_at: datetime | None = None
    feedback_due_at: datetime | None = None
    feedback_given_at: datetime | None = None
    to_audit: bool
    """Whether the alert was released in an emergency, and the korpschef has not judged that yet."""
    version: int


class AlertCounts(BaseModel):
    """How many alerts there are in each state, with overdue feedback, and with an emergency release not judged yet."""

    states: dict[AlertState, Total]
    feedback_overdue: Total
    to_audit: Total


class AlertQuery(ListQuery):
    """The filters of the list of alerts."""

    order: Literal["newest", "oldest"] = "newest"
    state: Annotated[list[AlertState] | None, one_of("state")] = None
    kind: Annotated[AlertKind | None, equals("kind")] = None
    purpose: Annotated[Purpose | None, equals("purpose")] = None
    network_id: Annotated[
        UUID | None, Filter(lambda network: [condition("network_ids @> array[{}::uuid]", network)])
    ] = None
    q: Annotated[
        str | None,
        words_in("words"),
        Field(min_length=2, max_length=100, description="The beginnings of words in the texts."),
    ] = None
    since: date | None = Field(default=None, description="The first day on which it was proposed, in Belgium.")
    until: date | None = Field(default=None, description="The last day on which it was proposed, in Belgium.")
    feedback_overdue: bool = Field(default=False, description="Only those whose feedback is overdue.")
    to_audit: bool = Field(default=False, description="Only emergency releases that the korpschef must still judge.")


ALERT_LIST = Listing[ListedAlert](
    name="alerts",
    table="alert",
    select="""alert_id, state, version, document, schema, kind, purpose, follows, sent_at, feedback_due_at,
        feedback_given_at, audit_open, (select sum(reports)::int from alert_fact join fact using (fact_id)
        where alert_fact.alert_id = alert.alert_id) as reports""",
    key="alert_id",
    orders={
        "newest": Order("proposed_at", "timestamptz", descending=True),
        "oldest": Order("proposed_at", "timestamptz"),
    },
    cells={
        "alert_id": lambda one: one.alert_id,
        "state": lambda one: one.state,
        "kind": lambda one: one.kind,
        "purpose": lambda one: one.purpose,
        "category": lambda one: one.category,
        "severity": lambda one: one.severity,
        "headline": lambda one: one.headline,
        "networks": lambda one: len(one.network_ids),
        "reports": lambda one: one.reports,
        "proposed_at": lambda one: one.proposed_at,
        "sent_at": lambda one: one.sent_at,
        "feedback_due_at": lambda one: one.feedback_due_at,
        "feedback_given_at": lambda one: one.feedback_given_at,
    },
    version="version",
)


def listed_alert(row: asyncpg.Record) -> ListedAlert:
    """Convert a row of the list to an alert of the response."""
    alert = ALERTS.read_row(row)
    reports = row["reports"] or alert.reports
    at_release = alert.reports_at_release
    return ListedAlert(
        alert_id=alert.alert_id,
        state=alert.state,
        origin=alert.origin,
        purpose=alert.purpose,
        follows=alert.follows,
        kind=alert.kind,
        category=alert.category,
        severity=alert.severity,
        headline=alert.texts.headline,
        why=alert.why,
        reports=reports,
        since_release=0 if at_release is None else max(0, reports - at_release),
        network_ids=alert.network_ids,
        proposed_at=alert.proposed_at,
        expires_at=alert.expires_at,
        sent_at=row["sent_at"],
        feedback_due_at=row["feedback_due_at"],
        feedback_given_at=row["feedback_given_at"],
        to_audit=row["audit_open"],
        version=alert.version,
    )


def alerts_asked(query: AlertQuery) -> Sequence[Condition]:
    """Return the SQL conditions for a period, for overdue feedback, and for emergency releases not judged yet."""
    conditions = []
    if query.since:
        conditions.append(condition("proposed_at >= {}", _midnight(query.since)))
    if query.until:
        conditions.append(condition("proposed_at < {}", _midnight(query.until + timedelta(days=1))))
    if query.feedback_overdue:
        conditions.append(condition(_OVERDUE))
    if query.to_audit:
        conditions.append(condition(_TO_AUDIT))
    return conditions


async def alert_counts(lister: Lister[Caller]) -> AlertCounts:
    """Count the alerts in each state, overdue feedback, and emergency releases to judge."""
    states = {state: await lister.count(ALERT_LIST, [condition("state = {}", str(state))]) for state in AlertState}
    overdue = await lister.count(ALERT_LIST, [condition(_OVERDUE)])
    return AlertCounts(
        states=states, feedback_overdue=overdue, to_audit=await lister.count(ALERT_LIST, [condition(_TO_AUDIT)])
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BRUSSELS)
