"""What the notifier shows to police and authorities: alerts with all that a release needs to see, and judgements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_chassis.calls import Page, page_of
from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.alert import AlertKind, CapStatus
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_contracts.problems import DomainError, missing
from buurtsein_notifier import queue
from buurtsein_notifier.cap import Encoding, sms_units
from buurtsein_notifier.domain.alert import Alert, AlertState
from buurtsein_notifier.domain.facts import KnownNetwork
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.domain.message import Outgoing
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
    network_ids: list[UUID]
    proposed_at: datetime
    expires_at: datetime
    version: int


class AlertFile(Alert):
    """An alert with everything about it, and what can happen next."""

    etag: str = Field(exclude=True)
    """A release is of what was read, and of nothing else."""
    networks: list[Addressee]
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
    found = [_summary(Alert.model_validate_json(row["document"])) for row in rows]
    return page_of(found, limit, lambda shown: str(shown.alert_id))


async def alert_file(connection: Connection, alert_id: UUID, showing: Showing) -> AlertFile:
    """One alert; DomainError `alert_unknown`."""
    document = await connection.fetchval("select document from alert where alert_id = $1", alert_id)
    if document is None:
        raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
    return await file_of(Alert.model_validate_json(document), connection, showing)


async def file_of(alert: Alert, connection: Connection, showing: Showing) -> AlertFile:
    """The file of an alert."""
    networks = await _networks(connection, alert.network_ids)
    rows = await connection.fetch("select * from delivery where alert_id = $1 order by delivery_id", alert.alert_id)
    sent = rows[0]["xml"] if rows else None
    now: datetime = await connection.fetchval("select clock_timestamp()")
    return AlertFile(
        **alert.model_dump(),
        etag=alert.tag(networks),
        networks=[Addressee(**network.model_dump(include=set(Addressee.model_fields))) for network in networks],
        sms=_sms(alert.texts.headline, showing.sms_unit_price),
        cap=Cap(status=showing.outgoing.status, xml=sent) if sent else _preview(alert, networks, showing.outgoing, now),
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


def _summary(alert: Alert) -> AlertSummary:
    shown = alert.model_dump(include=set(AlertSummary.model_fields))
    return AlertSummary(**shown, headline=alert.texts.headline)


def _sms(text: str, unit_price: Decimal) -> Sms:
    count = sms_units(text)
    return Sms(
        text=text,
        characters=count.characters,
        encoding=count.encoding,
        units=count.units,
        price_cents=count.price(unit_price) * 100,
    )


def _preview(alert: Alert, networks: Sequence[KnownNetwork], outgoing: Outgoing, now: datetime) -> Cap:
    try:
        return Cap(status=outgoing.status, xml=outgoing.message(alert, networks, now).xml.decode())
    except DomainError as error:
        return Cap(status=outgoing.status, problem=error.detail)


async def _networks(connection: Connection, network_ids: Sequence[UUID]) -> list[KnownNetwork]:
    rows = await connection.fetch(
        "select document from known_network where network_id = any($1) order by array_position($1, network_id)",
        list(network_ids),
    )
    return [KnownNetwork.model_validate_json(row["document"]) for row in rows]
