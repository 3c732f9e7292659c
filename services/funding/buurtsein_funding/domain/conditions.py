"""Checks the four conditions of the city of Aalst for support: each answer has yes or no, a reason, and a proof.

Invariant: the result always has all four conditions, in the same order, and no answer depends on another one.
"""

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
from buurtsein_kernel.days import brussels_day, in_words

_STATUSES: dict[str, str] = {RecognitionStatus.SUSPENDED: "is geschorst", RecognitionStatus.EXPIRED: "is verlopen"}


def conditions_of(network: KnownNetwork, requester: str, form_version: str, day: date) -> list[Condition]:
    """Check the four conditions for funding on a day, for a requester (pseudonym) and a version of the form."""
    return [
        _approved(network.approved),
        _recognised(network, day),
        _requested(network.coordinators.get(requester), form_version),
        _accepts_be_alert(network.be_alert),
    ]


def _approved(fact: Stated[Approved] | None) -> Condition:
    code = ConditionCode.APPROVED
    if fact is None or set(fact.value.decided_on) != set(ApproverRole):
        return Condition(
            code=code, met=False, why="Korpschef en burgemeester hebben het netwerk nog niet allebei goedgekeurd."
        )
    korpschef, burgemeester = (in_words(fact.value.decided_on[role]) for role in ApproverRole)
    why = f"De korpschef heeft het netwerk goedgekeurd op {korpschef}, de burgemeester op {burgemeester}."
    return Condition(code=code, met=True, why=why, evidence=fact.event_id)


def _recognised(network: KnownNetwork, day: date) -> Condition:
    fault = network.why_not_recognised_on(day)
    return Condition(
        code=ConditionCode.RECOGNISED,
        met=fault is None,
        why=_why(network, fault),
        evidence=_evidence(network, fault),
    )


def _evidence(network: KnownNetwork, fault: NotRecognised | None) -> UUID | None:
    """Return the id of the event that proves a condition; None when no recognition was read."""
    if fault is NotRecognised.SUSPENDED and network.suspended:
        return network.suspended.event_id
    fact = network.ended or network.recognised
    return fact.event_id if fact else None


def _why(network: KnownNetwork, fault: NotRecognised | None) -> str:
    """Return a Dutch sentence on whether the network is recognised; `fault` is the reason against it, or None."""
    if network.ended:
        return f"Het netwerk bestaat niet meer sinds {in_words(brussels_day(network.ended.value.at))}."
    if network.recognised is None:
        return "De FOD Binnenlandse Zaken heeft het netwerk nog niet erkend."
    if fault is NotRecognised.SUSPENDED and network.suspended:
        return _suspended(network.suspended.value)
    fact = network.recognised.value
    return f"De erkenning door de FOD Binnenlandse Zaken (kenmerk {fact.reference}) {_stands(fact, fault)}."


def _suspended(suspension: Suspension) -> str:
    days = suspension.days
    last = f" tot en met {in_words(days.end)}" if days.end else ""
    return (
        f"De FOD Binnenlandse Zaken heeft de erkenning geschorst vanaf {in_words(days.start)}{last} "
        f"(kenmerk {suspension.reference})."
    )


def _stands(recognition: Recognition, fault: NotRecognised | None) -> str:
    """Return the end of a Dutch sentence about the status of a network's recognition."""
    days = recognition.days
    match fault:
        case NotRecognised.NOT_ACTIVE:
            return _STATUSES.get(recognition.status, "is niet actief")
        case NotRecognised.NOT_YET:
            return f"begint pas op {in_words(days.start)}"
        case NotRecognised.OVER if days.end:
            return f"is geëindigd op {in_words(days.end)}"
        case _:
            return f"is begonnen op {in_words(days.start)}"


def _requested(fact: Stated[Appointment | None] | None, form_version: str) -> Condition:
    code = ConditionCode.REQUESTED_BY_COORDINATOR
    if fact is None or fact.value is None:
        return Condition(code=code, met=False, why="De aanvrager is geen coördinator van dit netwerk.")
    since = in_words(brussels_day(fact.value.at))
    why = f"De aanvrager is sinds {since} coördinator van dit netwerk en gebruikt formulier {form_version}."
    return Condition(code=code, met=True, why=why, evidence=fact.event_id)


def _accepts_be_alert(fact: Stated[Agreement] | None) -> Condition:
    code = ConditionCode.BE_ALERT
    if fact is None:
        return Condition(code=code, met=False, why="Het netwerk heeft BE-Alert nog niet aanvaard.")
    version, day = fact.value.version, in_words(brussels_day(fact.value.at))
    why = f"Het netwerk heeft BE-Alert (overeenkomst {version}) aanvaard op {day}."
    return Condition(code=code, met=True, why=why, evidence=fact.event_id)
