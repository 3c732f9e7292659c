"""Checks the four conditions of the city of Aalst for support: each answer has yes or no, a reason, and a proof.

Invariant: the result always has all four conditions, in the same order, and no answer depends on another one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.events.funding import Condition, ConditionCode
from buurtsein_contracts.events.network import ApproverRole, RecognitionStatus
from buurtsein_contracts.known_network import (
    Agreement,
    Appointment,
    Approved,
    NotRecognised,
    Recognition,
    Stated,
    Suspension,
)
from buurtsein_funding.domain.why import Why
from buurtsein_kernel.days import brussels_day

_STATUSES: dict[str, str] = {
    RecognitionStatus.SUSPENDED: "recognition_suspended",
    RecognitionStatus.EXPIRED: "recognition_expired",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one condition: whether it is met, why, and the id of the event that proves it."""

    code: ConditionCode
    met: bool
    said: Why
    evidence: UUID | None = None

    @property
    def why(self) -> str:
        """Return the reason in Dutch."""
        return self.said.dutch


def told(answers: Iterable[Answer]) -> list[Condition]:
    """Convert the answers to the `Condition` of events, with their reasons in Dutch."""
    return [Condition(code=one.code, met=one.met, why=one.why, evidence=one.evidence) for one in answers]


def whys_of(answers: Iterable[Answer]) -> dict[str, Why]:
    """Return the sentence of each answer with its values, by the code of the condition."""
    return {str(one.code): one.said for one in answers}


def conditions_of(network: KnownNetwork, requester: str, form_version: str, day: date) -> list[Answer]:
    """Check the four conditions for funding on a day, for a requester (pseudonym) and a version of the form."""
    return [
        _approved(network.approved),
        _recognised(network, day),
        _requested(network.coordinators.get(requester), form_version),
        _accepts_be_alert(network.be_alert),
    ]


def _answer(code: ConditionCode, why: Why, evidence: UUID | None = None, *, met: bool) -> Answer:
    return Answer(code, met, why, evidence)


def _approved(fact: Stated[Approved] | None) -> Answer:
    code = ConditionCode.APPROVED
    if fact is None or set(fact.value.decided_on) != set(ApproverRole):
        return _answer(code, Why(name="not_approved"), met=False)
    return _answer(code, Why(name="approved", days=dict(fact.value.decided_on)), fact.event_id, met=True)


def _recognised(network: KnownNetwork, day: date) -> Answer:
    fault = network.why_not_recognised_on(day)
    return _answer(ConditionCode.RECOGNISED, _why(network, fault), _evidence(network, fault), met=fault is None)


def _evidence(network: KnownNetwork, fault: NotRecognised | None) -> UUID | None:
    """Return the id of the event that proves a condition; None when no recognition was read."""
    if fault is NotRecognised.SUSPENDED and network.suspended:
        return network.suspended.event_id
    fact = network.ended or network.recognised
    return fact.event_id if fact else None


def _why(network: KnownNetwork, fault: NotRecognised | None) -> Why:
    """Return the sentence on whether the network is recognised; `fault` is the reason against it, or None."""
    if network.ended:
        return Why(name="ended", days={"end": brussels_day(network.ended.value.at)})
    if network.recognised is None:
        return Why(name="never_recognised")
    if fault is NotRecognised.SUSPENDED and network.suspended:
        return _suspended(network.suspended.value)
    return _stands(network.recognised.value, fault)


def _suspended(suspension: Suspension) -> Why:
    days, values = suspension.days, {"reference": suspension.reference}
    if days.end is None:
        return Why(name="suspended", days={"start": days.start}, values=values)
    return Why(name="suspended_until", days={"start": days.start, "end": days.end}, values=values)


def _stands(recognition: Recognition, fault: NotRecognised | None) -> Why:
    """Return the sentence that says whether a network is recognised, and from or until which day."""
    days, values = recognition.days, {"reference": recognition.reference}
    match fault:
        case NotRecognised.NOT_ACTIVE:
            return Why(name=_STATUSES.get(recognition.status, "recognition_inactive"), values=values)
        case NotRecognised.NOT_YET:
            return Why(name="recognised_later", days={"start": days.start}, values=values)
        case NotRecognised.OVER if days.end:
            return Why(name="recognised_before", days={"end": days.end}, values=values)
        case _:
            return Why(name="recognised", days={"start": days.start}, values=values)


def _requested(fact: Stated[Appointment | None] | None, form_version: str) -> Answer:
    code = ConditionCode.REQUESTED_BY_COORDINATOR
    if fact is None or fact.value is None:
        return _answer(code, Why(name="does_not_coordinate"), met=False)
    since = {"start": brussels_day(fact.value.at)}
    return _answer(code, Why(name="coordinates", days=since, values={"form": form_version}), fact.event_id, met=True)


def _accepts_be_alert(fact: Stated[Agreement] | None) -> Answer:
    code = ConditionCode.BE_ALERT
    if fact is None:
        return _answer(code, Why(name="no_be_alert"), met=False)
    since, version = {"start": brussels_day(fact.value.at)}, {"version": fact.value.version}
    return _answer(code, Why(name="be_alert", days=since, values=version), fact.event_id, met=True)
