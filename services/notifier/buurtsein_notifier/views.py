"""What the notifier shows to police and authorities: alerts with all that a release needs to see, and judgements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_chassis.calls import Page, page_of
from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.alert import AlertKind, CapStatus
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, missing
from buurtsein_notifier import queue
from buurtsein_notifier.cap import Encoding, sms_units
from buurtsein_notifier.domain.alert import MAX_REPORTS, Alert
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.projections import networks_of
from buurtsein_notifier.queue import DeliveryState


@dataclass(frozen=True, slots=True)
class Showing:
    """What views need of the settings."""

    outgoing: Outgoing
    sms_unit_price: Decimal


class Addressee(BaseModel):
    """A network that an alert is for."""

    network_id: UUID
    code: str
    name: str
    coordinators: int
    """0: nobody coordinates it at the moment."""
    obstacle: str | None = None
    """Why it cannot be alerted now, in Dutch; a release leaves it out."""


class Sms(BaseModel):
    """The headline as an SMS; the price is for one receiver, in euro cents excluding VAT, not rounded."""

    text: str
    characters: int
    encoding: Encoding
    units: int
    price_cents: Decimal


class Cap(BaseModel):
    """The CAP message: as it left, or as it would leave now; `problem` says why it could not."""

    status: CapStatus
    xml: str | None = None
    problem: str | None = None
    remarks: list[str] = []
    """What the officer should know: warnings, and networks that are not shown as they are."""


class Delivery(BaseModel):
    """A way to BE-Alert, and what became of it."""

    delivery_id: UUID
    adapter: str
    state: DeliveryState
    attempts: int
    run_at: datetime
    expires_at: datetime
    reference: str | None
    reason: str | None
    finished_at: datetime | None


class AlertSummary(BaseModel):
    """An alert in a list."""

    alert_id: UUID
    state: AlertState
    kind: AlertKind
    category: Category
    severity: Severity
    headline: str
    why: str
    reports: int
    since_release: int
    """Reports of the same that came after its release."""
    network_ids: list[UUID]
    proposed_at: datetime
    expires_at: datetime
    version: int


class Held(BaseModel):
    """How many reports an alert holds now, of how many facts, and how many of them came after its release."""

    reports: int
    facts: int
    since_release: int = 0
    more: str | None = None
    """`en nog 4812 meldingen`, when not all are listed."""


class AlertFile(Alert):
    """An alert with everything about it, and what can happen next; `report_ids` are the newest that it holds."""

    etag: str = Field(exclude=True)
    """A release is of what was read, and of nothing else."""
    networks: list[Addressee]
    held: Held
    sms: Sms
    cap: Cap
    deliveries: list[Delivery]
    actions: list[str]


class JudgementShown(BaseModel):
    """Whether a report is worth an alert by one rule, and why."""

    rule: str | None
    finding: Finding
    worthy: bool
    why: str
    alert_id: UUID | None
    judged_at: datetime


class Judgements(BaseModel):
    """All judgements of one report."""

    report_id: UUID
    items: list[JudgementShown]


class KillSwitch(BaseModel):
    """Whether deliveries are held; why, by whom (pseudonym) and since when, once somebody used it."""

    on: bool
    reason: str | None = None
    actor: str | None = None
    changed_at: datetime | None = None


async def alerts(
    connection: Connection, state: AlertState | None, limit: int, after: UUID | None
) -> Page[AlertSummary]:
    """Alerts in a state (in any when none is given), oldest first."""
    rows = await connection.fetch(
        """select document from alert where ($1::text is null or state = $1) and ($2::uuid is null or alert_id > $2)
           order by alert_id limit $3""",
        state,
        after,
        limit + 1,
    )
    listed = [Alert.model_validate_json(row["document"]) for row in rows]
    held = await _held(connection, listed)
    found = [_summary(alert, held[alert.alert_id]) for alert in listed]
    return page_of(found, limit, lambda shown: str(shown.alert_id))


async def alert_file(connection: Connection, alert_id: UUID, showing: Showing) -> AlertFile:
    """One alert; DomainError `alert_unknown`."""
    document = await connection.fetchval("select document from alert where alert_id = $1", alert_id)
    if document is None:
        raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
    return await file_of(Alert.model_validate_json(document), connection, showing)


async def file_of(alert: Alert, connection: Connection, showing: Showing) -> AlertFile:
    """The file of an alert."""
    networks = await networks_of(connection, alert.network_ids)
    rows = await connection.fetch("select * from delivery where alert_id = $1 order by delivery_id", alert.alert_id)
    sent = rows[0]["xml"] if rows else None
    now: datetime = await connection.fetchval("select clock_timestamp()")
    held = (await _held(connection, [alert]))[alert.alert_id]
    report_ids = await _newest_reports(connection, alert)
    return AlertFile(
        **alert.model_dump(exclude={"report_ids"}),
        report_ids=report_ids,
        held=held.model_copy(update={"more": _more(held, len(report_ids))}),
        etag=alert.tag(networks),
        networks=[_addressee(network, brussels_day(now)) for network in networks],
        sms=_sms(alert.texts.headline, showing.sms_unit_price),
        cap=Cap(status=alert.status, xml=sent) if sent else _preview(alert, networks, showing.outgoing, now),
        deliveries=[Delivery(**{name: row[name] for name in Delivery.model_fields}) for row in rows],
        actions=alert.allowed(),
    )


async def judgements(connection: Connection, report_id: UUID) -> Judgements:
    """Why a report is, or is not, worth an alert; DomainError `report_unknown`."""
    rows = await connection.fetch("select * from judgement where report_id = $1 order by rule", report_id)
    if not rows:
        raise missing("report_unknown", "Deze melding is hier niet gekend.")
    shown = [JudgementShown(**{name: row[name] for name in JudgementShown.model_fields}) for row in rows]
    return Judgements(report_id=report_id, items=shown)


async def kill_switch(connection: Connection) -> KillSwitch:
    """Whether deliveries are held."""
    last = await queue.last_switched(connection)
    if last is None:
        return KillSwitch(on=False)
    return KillSwitch(on=last.is_on, reason=last.reason, actor=last.actor, changed_at=last.changed_at)


def _summary(alert: Alert, held: Held) -> AlertSummary:
    shown = alert.model_dump(include=set(AlertSummary.model_fields) - {"reports", "since_release"})
    reports = held.model_dump(include={"reports", "since_release"})
    return AlertSummary(**shown, **reports, headline=alert.texts.headline)


def _sms(text: str, unit_price: Decimal) -> Sms:
    count = sms_units(text)
    return Sms(
        text=text,
        characters=count.characters,
        encoding=count.encoding,
        units=count.units,
        price_cents=count.price(unit_price) * 100,
    )


def _preview(alert: Alert, networks: Sequence[Network], outgoing: Outgoing, now: datetime) -> Cap:
    try:
        left = alert.model_copy().leave_out(networks, now)
        message = outgoing.message(alert, left, now)
        return Cap(status=alert.status, xml=message.xml.decode(), remarks=list(message.remarks))
    except DomainError as error:
        return Cap(status=alert.status, problem=error.detail)


def _addressee(network: Network, today: date) -> Addressee:
    obstacle = network.obstacle(today)
    return Addressee(
        network_id=network.network_id,
        code=network.code,
        name=network.name,
        coordinators=network.coordinators,
        obstacle=obstacle and obstacle.told,
    )


async def _held(connection: Connection, alerts: Sequence[Alert]) -> dict[UUID, Held]:
    """What each of these alerts holds now; when that is past its retention, what it held at its proposal."""
    rows = await connection.fetch(
        """select alert_id, count(*) as facts, sum(reports)::int as reports
           from alert_fact join fact using (fact_id) where alert_id = any($1) group by alert_id""",
        [alert.alert_id for alert in alerts],
    )
    now = {row["alert_id"]: Held(reports=row["reports"], facts=row["facts"]) for row in rows}
    held = {one.alert_id: now.get(one.alert_id, Held(reports=one.reports, facts=one.facts)) for one in alerts}
    for alert in alerts:
        if alert.reports_at_release is not None:
            held[alert.alert_id].since_release = max(0, held[alert.alert_id].reports - alert.reports_at_release)
    return held


async def _newest_reports(connection: Connection, alert: Alert) -> list[UUID]:
    newest: list[UUID] = await connection.fetchval(
        """select array(
               select report_id from alert_fact held cross join lateral (
                   select report_id from incident where fact_id = held.fact_id order by report_id desc limit $2) i
               where held.alert_id = $1 order by report_id desc limit $2)""",
        alert.alert_id,
        MAX_REPORTS,
    )
    return newest or alert.report_ids


def _more(held: Held, shown: int) -> str | None:
    unseen = held.reports - shown
    return None if unseen <= 0 else f"en nog {unseen} {'melding' if unseen == 1 else 'meldingen'}"
