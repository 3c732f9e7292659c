"""Where a network can stand, what can be done from there, and how both are said to people."""

from enum import StrEnum


class NetworkState(StrEnum):
    """Where a network stands."""

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
"""Each action, and the states it is possible in; anything else is refused and says nothing to the world."""

OPEN = frozenset(S) - {S.REJECTED, S.RECOGNISED}
"""States of an application that waits for somebody."""

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
"""The end of a sentence that begins with `Dit kan nu niet:`."""
