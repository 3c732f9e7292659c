"""The four conditions of the city of Aalst for support: each answered with yes or no, why, and the proof.

Invariant: always all four, in the same order, whatever is known of the network; an answer never depends on another.
"""

from collections.abc import Iterable
from datetime import date

from buurtsein_contracts.events.funding import Condition, ConditionCode
from buurtsein_contracts.events.network import ApproverRole, RecognitionStatus
from buurtsein_funding.domain.network import (
    Appointed,
    Approved,
    BeAlertAccepted,
    KnownNetwork,
    Recognised,
    Suspended,
)
from buurtsein_kernel.days import in_words

_STATUSES: dict[str, str] = {RecognitionStatus.SUSPENDED: "is geschorst", RecognitionStatus.EXPIRED: "is verlopen"}


def conditions_of(network: KnownNetwork, requester: str, form_version: str, day: date) -> list[Condition]:
    """How the conditions stand on a day for a requester who uses this form."""
    return [
        _approved(network.approval),
        _recognised(network, day),
        _requested(network.coordinators.get(requester), form_version),
        _accepts_be_alert(network.be_alert),
    ]


def unmet(conditions: Iterable[Condition]) -> list[Condition]:
    """Those answered with no."""
    return [condition for condition in conditions if not condition.met]


def _approved(fact: Approved | None) -> Condition:
    code = ConditionCode.APPROVED
    if fact is None or set(fact.decided_on) != set(ApproverRole):
        return Condition(
            code=code, met=False, why="Korpschef en burgemeester hebben het netwerk nog niet allebei goedgekeurd."
        )
    korpschef, burgemeester = (in_words(fact.decided_on[role]) for role in ApproverRole)
    why = f"De korpschef heeft het netwerk goedgekeurd op {korpschef}, de burgemeester op {burgemeester}."
    return Condition(code=code, met=True, why=why, evidence=fact.event_id)


def _recognised(network: KnownNetwork, day: date) -> Condition:
    code, fact = ConditionCode.RECOGNISED, network.recognition
    if ended := network.ended:
        why = f"Het netwerk bestaat niet meer sinds {in_words(ended.ended_on)}."
        return Condition(code=code, met=False, why=why, evidence=ended.event_id)
    if fact is None:
        return Condition(code=code, met=False, why="De FOD Binnenlandse Zaken heeft het netwerk nog niet erkend.")
    if (suspension := network.suspension) and suspension.holds(day):
        return Condition(code=code, met=False, why=_suspended(suspension), evidence=suspension.event_id)
    fault = _fault_of(fact, day)
    what = fault or f"is begonnen op {in_words(fact.start)}"
    why = f"De erkenning door de FOD Binnenlandse Zaken (kenmerk {fact.reference}) {what}."
    return Condition(code=code, met=fault is None, why=why, evidence=fact.event_id)


def _suspended(suspension: Suspended) -> str:
    last = f" tot en met {in_words(suspension.end)}" if suspension.end else ""
    return (
        f"De FOD Binnenlandse Zaken heeft de erkenning geschorst vanaf {in_words(suspension.start)}{last} "
        f"(kenmerk {suspension.reference})."
    )


def _fault_of(recognition: Recognised, day: date) -> str | None:
    """Why a recognition does not count on a day, or None."""
    if recognition.status != RecognitionStatus.ACTIVE:
        return _STATUSES.get(recognition.status, "is niet actief")
    if day < recognition.start:
        return f"begint pas op {in_words(recognition.start)}"
    if recognition.end and recognition.end < day:
        return f"is geëindigd op {in_words(recognition.end)}"
    return None


def _requested(fact: Appointed | None, form_version: str) -> Condition:
    code = ConditionCode.REQUESTED_BY_COORDINATOR
    if fact is None:
        return Condition(code=code, met=False, why="De aanvrager is geen coördinator van dit netwerk.")
    since = in_words(fact.appointed_on)
    why = f"De aanvrager is sinds {since} coördinator van dit netwerk en gebruikt formulier {form_version}."
    return Condition(code=code, met=True, why=why, evidence=fact.event_id)


def _accepts_be_alert(fact: BeAlertAccepted | None) -> Condition:
    code = ConditionCode.BE_ALERT
    if fact is None:
        return Condition(code=code, met=False, why="Het netwerk heeft BE-Alert nog niet aanvaard.")
    version, day = fact.agreement_version, in_words(fact.joined_on)
    why = f"Het netwerk heeft BE-Alert (overeenkomst {version}) aanvaard op {day}."
    return Condition(code=code, met=True, why=why, evidence=fact.event_id)
