"""Defines the states of a network, the actions that are possible in each, and the Dutch words for the states."""

from enum import StrEnum


class NetworkState(StrEnum):
    """The state of a network, from application to recognition; ACTIONS says which action each state allows."""

    DRAFT = "DRAFT"
    CHARTER_READY = "CHARTER_READY"
    UNDER_REVIEW = "UNDER_REVIEW"
    REJECTED = "REJECTED"
    APPROVED = "APPROVED"
    SUBMITTED_TO_FOD = "SUBMITTED_TO_FOD"
    RETURNED = "RETURNED"
    RECOGNISED = "RECOGNISED"


S = NetworkState
ACTIONS: dict[str, frozenset[NetworkState]] = {
    "sign_charter": frozenset({S.DRAFT, S.CHARTER_READY, S.REJECTED, S.RETURNED}),
    "submit": frozenset({S.CHARTER_READY}),
    "decide": frozenset({S.UNDER_REVIEW}),
    "send_to_fod": frozenset({S.APPROVED}),
    "recognise": frozenset({S.SUBMITTED_TO_FOD}),
    "return_charter": frozenset({S.SUBMITTED_TO_FOD}),
    "join_be_alert": frozenset({S.APPROVED, S.SUBMITTED_TO_FOD, S.RECOGNISED}),
    "join": frozenset({S.RECOGNISED}),
    "appoint_coordinator": frozenset(S),
    "remove_coordinator": frozenset(S),
}
"""The states of a network in which each action is possible; in other states it is refused, without an event."""

OPEN = frozenset(S) - {S.REJECTED, S.RECOGNISED}
"""The states of a network in which its application waits for a decision or an act of somebody."""

IN_DUTCH: dict[NetworkState, str] = {
    S.DRAFT: "het charter is nog niet ondertekend",
    S.CHARTER_READY: "het charter is nog niet voorgelegd",
    S.UNDER_REVIEW: "het netwerk wordt nog beoordeeld",
    S.REJECTED: "het netwerk is geweigerd",
    S.APPROVED: "het netwerk is goedgekeurd, maar nog niet aan de FOD voorgelegd",
    S.SUBMITTED_TO_FOD: "het netwerk wacht op het antwoord van de FOD",
    S.RETURNED: "de FOD heeft het charter teruggestuurd",
    S.RECOGNISED: "het netwerk is al erkend",
}
"""The words for each state, as the end of a Dutch sentence that begins with `Dit kan nu niet:`."""
