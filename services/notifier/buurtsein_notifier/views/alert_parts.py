"""Makes the parts of the response that shows an alert; persons are named by pseudonym."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.alert import CancelReason, CapStatus, Purpose, RefusalReason
from buurtsein_notifier.cap import Encoding, sms_units
from buurtsein_notifier.domain import joining, states, texts
from buurtsein_notifier.domain.delivery import DeliveryState
from buurtsein_notifier.domain.facts import Network, Obstacle
from buurtsein_notifier.views.receipts import ReceiptShown


class Texts(BaseModel):
    """The texts that members read; the headline is also the SMS."""

    event: str
    headline: str
    description: str
    instruction: str


class Earlier(BaseModel):
    """An earlier alert of the same rule near the proposal in place and time, which police released or refused."""

    alert_id: UUID
    state: str
    proposed_at: datetime
    refusal: RefusalReason | None = None


class LeftOut(BaseModel):
    """A network to which the alert was not sent, and why."""

    network_id: UUID
    reason: Obstacle
    seen_at: datetime


class FollowUp(BaseModel):
    """A message that follows an alert, and is stored as a separate alert: an update, an all-clear or feedback."""

    alert_id: UUID
    purpose: Purpose
    state: states.AlertState
    sent_at: datetime | None = None


class HeldBack(BaseModel):
    """Who holds back the message of an alert, and why; the delivery says until when the message is of use."""

    actor: str
    reason: str
    at: datetime


class Released(BaseModel):
    """The release of an alert by one person."""

    actor: str
    released_at: datetime


class Feedback(BaseModel):
    """The feedback that the police owe the members about a hot alert, and when and by whom it was given."""

    due_at: datetime
    opened_at: datetime
    given_at: datetime | None = None
    given_by: str | None = None


class BreakGlass(BaseModel):
    """A release by one person in an emergency, and the verdict of the korpschef on it, when there is one."""

    actor: str
    reason: str
    at: datetime
    verdict: str | None = None
    audited_by: str | None = None
    audited_at: datetime | None = None


class Cancellation(BaseModel):
    """A person's decision to cancel a released alert."""

    reason: CancelReason
    actor: str
    asked_at: datetime
    first_actor: str | None = None
    """The first of two persons who decided to cancel the alert."""
    cap_identifier: str | None = None
    """The identifier of the cancelling message; absent when nothing had been sent."""


class Addressee(BaseModel):
    """A network that an alert is meant for, with the reason if the network cannot be alerted now."""

    network_id: UUID
    code: str
    name: str
    coordinators: int
    """The number of coordinators now."""
    obstacle: str | None = None
    """Why the network cannot be alerted now, in Dutch; after a release the message is not sent to such a network."""


class Sms(BaseModel):
    """The headline as an SMS; the price is for one receiver, in euro cents excluding VAT, not rounded."""

    text: str
    characters: int
    encoding: Encoding
    units: int
    price_cents: Decimal


class Cap(BaseModel):
    """The CAP message as it was sent, or as it would be sent now; `problem` says why it could not be sent."""

    status: CapStatus
    xml: str | None = None
    problem: str | None = None
    remarks: list[str] = []
    """Remarks for the officer: warnings, and networks whose name or area cannot be shown."""


class Delivery(BaseModel):
    """A delivery: the sending of one message to BE-Alert, with its result."""

    delivery_id: UUID
    adapter: str
    state: DeliveryState
    attempts: int
    run_at: datetime
    expires_at: datetime
    """Until when the message is of use; it is not sent after that."""
    held_back: bool
    """Whether police hold back this message; `GET /v1/kill-switch` says whether all deliveries are held."""
    reference: str | None
    reason: str | None
    finished_at: datetime | None
    receipts: list[ReceiptShown] = []
    """How many members of each network got it, as far as the peer told."""


def texts_of(given: texts.Texts) -> Texts:
    """Convert the texts in one language to the form that the response shows."""
    return Texts(
        event=given.event, headline=given.headline, description=given.description, instruction=given.instruction
    )


def earlier_of(given: joining.Earlier) -> Earlier:
    """Convert an earlier alert to the form that the response shows."""
    return Earlier(alert_id=given.alert_id, state=given.state, proposed_at=given.proposed_at, refusal=given.refusal)


def left_out_of(given: states.LeftOut) -> LeftOut:
    """Convert a network that was left out of an alert to the form that the response shows."""
    return LeftOut(network_id=given.network_id, reason=given.reason, seen_at=given.seen_at)


def released_of(given: states.Released) -> Released:
    """Convert a person's release of an alert to the form that the response shows."""
    return Released(actor=given.actor, released_at=given.released_at)


def cancellation_of(given: states.Cancellation | None) -> Cancellation | None:
    """Convert the cancellation of an alert, if there is one, to the form that the response shows."""
    if given is None:
        return None
    return Cancellation(
        reason=given.reason,
        actor=given.actor,
        asked_at=given.asked_at,
        first_actor=given.first_actor,
        cap_identifier=given.cap_identifier,
    )


def feedback_of(given: states.Feedback | None) -> Feedback | None:
    """Convert the feedback that is owed, or None, to the form that the response shows."""
    return Feedback(**given.model_dump()) if given else None


def held_back_of(given: states.HeldBack | None) -> HeldBack | None:
    """Convert the decision to hold back a message, if there is one, to the form that the response shows."""
    return HeldBack(**given.model_dump()) if given else None


def break_glass_of(given: states.BreakGlass | None) -> BreakGlass | None:
    """Convert an emergency release, if there is one, to the form that the response shows."""
    return BreakGlass(**given.model_dump()) if given else None


def addressee_of(network: Network, obstacle: Obstacle | None) -> Addressee:
    """Return a network of an alert; `obstacle` is the reason why the network cannot get this alert today, or None."""
    return Addressee(
        network_id=network.network_id,
        code=network.code,
        name=network.name,
        coordinators=network.coordinators,
        obstacle=obstacle and obstacle.in_dutch,
    )


def sms_of(text: str, unit_price: Decimal) -> Sms:
    """Return the headline as an SMS; `unit_price` is the price in EUR of one SMS unit."""
    count = sms_units(text)
    return Sms(
        text=text,
        characters=count.characters,
        encoding=count.encoding,
        units=count.units,
        price_cents=count.price(unit_price) * 100,
    )
