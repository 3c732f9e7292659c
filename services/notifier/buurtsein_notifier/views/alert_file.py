"""Makes the response that shows one alert: what an officer reads before a release, and the deliveries after it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.alert import AlertKind, CapStatus, Purpose, RefusalReason, Release
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, missing
from buurtsein_notifier.cap import Certainty, ResponseType
from buurtsein_notifier.documents import ALERTS
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.binding import tag_of
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.rule import Channel
from buurtsein_notifier.domain.sensitive import Finding, findings
from buurtsein_notifier.domain.states import AlertState, Origin
from buurtsein_notifier.domain.texts import DUTCH
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.projections import networks_of
from buurtsein_notifier.views import alert_parts as parts
from buurtsein_notifier.views.alert_reports import EarlierRefusal, earlier_refusals
from buurtsein_notifier.views.held import Held, held_by, newest_reports, with_more
from buurtsein_notifier.views.reach import Reach, reach_of
from buurtsein_notifier.views.readers import ReadBy, readers_of
from buurtsein_notifier.views.receipts import receipts_of
from buurtsein_notifier.views.steps import StepShown, steps_of


class AlertFile(BaseModel):
    """An alert with its message, deliveries and possible actions; `report_ids` are its newest reports."""

    alert_id: UUID
    status: CapStatus
    origin: Origin
    purpose: Purpose
    follows: UUID | None = None
    authors: list[str]
    rule: str
    rule_version: int
    kind: AlertKind
    category: Category
    severity: Severity
    texts: parts.Texts
    translations: dict[str, parts.Texts]
    certainty: Certainty
    response: list[ResponseType]
    channels: list[Channel]
    release_roles: list[str]
    why: str
    release_by: Release
    report_ids: list[UUID]
    facts: int
    reports: int
    earlier: list[parts.Earlier]
    refused_before: list[EarlierRefusal]
    """Alerts about the same reports that police refused."""
    area: Area | None = None
    network_ids: list[UUID]
    left_out: list[parts.LeftOut]
    proposed_at: datetime
    expires_at: datetime
    valid_minutes: int
    valid_until: datetime | None = None
    state: AlertState
    releases: list[parts.Released]
    break_glass: parts.BreakGlass | None = None
    held_back: parts.HeldBack | None = None
    released_at: datetime | None = None
    reports_at_release: int | None = None
    refusal: RefusalReason | None = None
    refused_by: str | None = None
    settled_by: str | None = None
    sent_at: datetime | None = None
    feedback: parts.Feedback | None = None
    cancellation: parts.Cancellation | None = None
    cancel_messages: int
    cap_identifier: str | None = None
    version: int
    networks: list[parts.Addressee]
    held: Held
    reach: Reach
    sms: parts.Sms
    sms_by_language: dict[str, parts.Sms]
    """The headline in each language as a telephone shows it, with its units."""
    sensitive: list[Finding]
    """What the texts seem to contain that must not be spread."""
    cap: parts.Cap
    deliveries: list[parts.Delivery]
    follow_ups: list[parts.FollowUp]
    """The messages that follow this alert, the first one first."""
    steps: list[StepShown]
    read_by: list[ReadBy]
    actions: list[str]
    etag: str = Field(exclude=True)
    """The ETag, by which a release is refused when the alert has changed since it was read."""


async def alert_file(
    connection: Connection, alert_id: UUID, given: Dependencies, author: str | None = None
) -> AlertFile:
    """Return the response that shows one alert, to `author` only when this person wrote it.

    Raises:
        DomainError: `alert_unknown`.
    """
    row = await connection.fetchrow("select document, schema from alert where alert_id = $1", alert_id)
    alert = ALERTS.read_row(row) if row else None
    if alert is None or (author is not None and author not in alert.authors):
        raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
    return await file_of(alert, connection, given)


async def file_of(alert: Alert, connection: Connection, given: Dependencies) -> AlertFile:
    """Return the response that shows an alert, with its present reports, networks and deliveries."""
    now, price = given.clock.now(), given.sms_unit_price
    today = brussels_day(now)
    networks = await networks_of(connection, alert.network_ids)
    report_ids = await newest_reports(connection, alert)
    held = (await held_by(connection, [alert]))[alert.alert_id]
    sent = await connection.fetchval(
        "select xml from delivery where alert_id = $1 order by delivery_id limit 1", alert.alert_id
    )
    return AlertFile(
        alert_id=alert.alert_id,
        status=alert.status,
        origin=alert.origin,
        purpose=alert.purpose,
        follows=alert.follows,
        authors=alert.authors,
        rule=alert.rule,
        rule_version=alert.rule_version,
        kind=alert.kind,
        category=alert.category,
        severity=alert.severity,
        texts=parts.texts_of(alert.texts),
        translations={language: parts.texts_of(one) for language, one in alert.translations.items()},
        certainty=alert.certainty,
        response=alert.response,
        channels=alert.channels,
        release_roles=sorted(alert.release_roles),
        why=alert.why,
        release_by=alert.release_by,
        report_ids=report_ids,
        facts=alert.facts,
        reports=alert.reports,
        refused_before=await earlier_refusals(connection, alert.alert_id),
        earlier=[parts.earlier_of(one) for one in alert.earlier],
        area=alert.area,
        network_ids=alert.network_ids,
        left_out=[parts.left_out_of(one) for one in alert.left_out],
        proposed_at=alert.proposed_at,
        expires_at=alert.expires_at,
        valid_minutes=alert.valid_minutes,
        valid_until=alert.valid_until,
        state=alert.state,
        releases=[parts.released_of(one) for one in alert.releases],
        break_glass=parts.break_glass_of(alert.break_glass),
        held_back=parts.held_back_of(alert.held_back),
        released_at=alert.released_at,
        reports_at_release=alert.reports_at_release,
        refusal=alert.refusal,
        refused_by=alert.refused_by,
        settled_by=alert.settled_by,
        sent_at=alert.sent_at,
        feedback=parts.feedback_of(alert.feedback),
        cancellation=parts.cancellation_of(alert.cancellation),
        cancel_messages=alert.cancel_messages,
        cap_identifier=alert.cap_identifier,
        version=alert.version,
        networks=[
            parts.addressee_of(one, one.obstacle_to(alert.kind, today, given.outgoing.unmandated_until))
            for one in networks
        ],
        held=with_more(held, len(report_ids)),
        reach=await reach_of(alert, connection, given),
        sms=parts.sms_of(alert.told[DUTCH].headline, price),
        sms_by_language={one: parts.sms_of(text.headline, price) for one, text in alert.told.items()},
        sensitive=findings(alert.languages),
        cap=parts.Cap(status=alert.status, xml=sent) if sent else _preview(alert, networks, given.outgoing, now),
        deliveries=await _deliveries(connection, alert.alert_id),
        read_by=await readers_of(connection, alert.alert_id),
        follow_ups=await _follow_ups(connection, alert.alert_id),
        steps=await steps_of(connection, alert.alert_id),
        actions=alert.allowed(),
        etag=tag_of(alert, networks),
    )


def _preview(alert: Alert, networks: Sequence[Network], outgoing: Outgoing, now: datetime) -> parts.Cap:
    """Return the CAP message that would be sent if the alert were released now; the alert is not changed."""
    try:
        left = outgoing.left(alert.model_copy(), networks, now)
        message = outgoing.message(alert, left, now)
        return parts.Cap(status=alert.status, xml=message.xml.decode(), remarks=list(message.remarks))
    except DomainError as error:
        return parts.Cap(status=alert.status, problem=error.detail)


async def _follow_ups(connection: Connection, alert_id: UUID) -> list[parts.FollowUp]:
    rows = await connection.fetch(
        "select alert_id, purpose, state, sent_at from alert where follows = $1 order by alert_id", alert_id
    )
    return [parts.FollowUp(**dict(row)) for row in rows]


async def _deliveries(connection: Connection, alert_id: UUID) -> list[parts.Delivery]:
    rows = await connection.fetch(
        """select delivery_id, adapter, state, attempts, run_at, expires_at, held_back, reference, reason, finished_at
           from delivery where alert_id = $1 order by delivery_id""",
        alert_id,
    )
    told = await receipts_of(connection, alert_id)
    return [parts.Delivery(**dict(row), receipts=told.get(row["delivery_id"], [])) for row in rows]
