"""Defines the states of a network, the actions that are possible in each, and the Dutch words for the states."""

from enum import StrEnum


class NetworkState(StrEnum):
    """The state of a network, from application to its end; ACTIONS says which action each state allows."""

    DRAFT = "DRAFT"
    CHARTER_READY = "CHARTER_READY"
    UNDER_REVIEW = "UNDER_REVIEW"
    REJECTED = "REJECTED"
    APPROVED = "APPROVED"
    SUBMITTED_TO_FOD = "SUBMITTED_TO_FOD"
    RETURNED = "RETURNED"
    RECOGNISED = "RECOGNISED"
    AMENDING = "AMENDING"
    """The network is recognised, and a new version of its charter waits for both local authorities."""
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"


S = NetworkState
LIVING = frozenset(S) - {S.ENDED}
"""The states of a network that still exists."""
JOINABLE = frozenset({S.RECOGNISED, S.AMENDING})
"""The states of a network that people can join while its recognition is in force."""
COORDINATED = frozenset({S.APPROVED, S.SUBMITTED_TO_FOD, S.RECOGNISED, S.AMENDING, S.SUSPENDED})
"""The states of a network that must have a main coordinator: whoever is removed from that role needs a successor."""

ACTIONS: dict[str, frozenset[NetworkState]] = {
    "sign_charter": frozenset({S.DRAFT, S.CHARTER_READY, S.REJECTED, S.RETURNED}),
    "submit": frozenset({S.CHARTER_READY}),
    "decide": frozenset({S.UNDER_REVIEW, S.AMENDING}),
    "send_to_fod": frozenset({S.APPROVED}),
    "recognise": frozenset({S.SUBMITTED_TO_FOD}),
    "return_charter": frozenset({S.SUBMITTED_TO_FOD}),
    "renew": frozenset({S.RECOGNISED, S.AMENDING}),
    "amend": frozenset({S.RECOGNISED, S.AMENDING}),
    "suspend": frozenset({S.RECOGNISED, S.AMENDING}),
    "reinstate": frozenset({S.SUSPENDED}),
    "end": LIVING,
    "join_be_alert": frozenset({S.APPROVED, S.SUBMITTED_TO_FOD, S.RECOGNISED, S.AMENDING}),
    "confirm_active": frozenset({S.RECOGNISED, S.AMENDING, S.SUSPENDED}),
    "write_evaluation": frozenset({S.RECOGNISED, S.AMENDING, S.SUSPENDED}),
    "sign_evaluation": frozenset({S.RECOGNISED, S.AMENDING, S.SUSPENDED}),
    "join": JOINABLE,
    "appoint_coordinator": LIVING,
    "remove_coordinator": LIVING,
    "succeed": LIVING,
    "lodge_appeal": LIVING,
    "decide_appeal": LIVING,
    "mandate_officer": LIVING,
    "release_officer": LIVING,
}
"""The states of a network in which each action is possible; in other states it is refused, without an event."""

OPEN = frozenset(
    {S.DRAFT, S.CHARTER_READY, S.UNDER_REVIEW, S.APPROVED, S.SUBMITTED_TO_FOD, S.RETURNED},
)
"""The states of a network in which its application waits for a decision or action of a person."""

IN_DUTCH: dict[NetworkState, str] = {
    S.DRAFT: "het charter is nog niet ondertekend",
    S.CHARTER_READY: "het charter is nog niet voorgelegd",
    S.UNDER_REVIEW: "het netwerk wordt nog beoordeeld",
    S.REJECTED: "het netwerk is geweigerd",
    S.APPROVED: "het netwerk is goedgekeurd, maar nog niet aan de FOD voorgelegd",
    S.SUBMITTED_TO_FOD: "het netwerk wacht op het antwoord van de FOD",
    S.RETURNED: "de FOD heeft het charter teruggestuurd",
    S.RECOGNISED: "het netwerk is al erkend",
    S.AMENDING: "een nieuwe versie van het charter wordt nog beoordeeld",
    S.SUSPENDED: "de erkenning van het netwerk is geschorst",
    S.ENDED: "het netwerk bestaat niet meer",
}
"""The words for each state, as the end of a Dutch sentence that begins with `Dit kan nu niet:`."""
