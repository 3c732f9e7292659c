"""Defines the states of an application, the actions that are possible in each, and the Dutch words for the states."""

from enum import StrEnum


class ApplicationState(StrEnum):
    """The state of an application, from its draft to its end; ACTIONS says which action each state allows."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    INCOMPLETE = "INCOMPLETE"
    UNDER_REVIEW = "UNDER_REVIEW"
    GRANTED = "GRANTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    PAID = "PAID"
    JUSTIFIED = "JUSTIFIED"
    RECLAIMED = "RECLAIMED"


S = ApplicationState
GIVEN = frozenset({S.GRANTED, S.PAID, S.JUSTIFIED, S.RECLAIMED})
"""The states of an application for which the city granted support."""

ACTIONS: dict[str, frozenset[ApplicationState]] = {
    "edit": frozenset({S.DRAFT, S.INCOMPLETE}),
    "submit": frozenset({S.DRAFT, S.INCOMPLETE}),
    "withdraw": frozenset({S.DRAFT, S.SUBMITTED, S.INCOMPLETE, S.UNDER_REVIEW}),
    "ask_more": frozenset({S.SUBMITTED, S.UNDER_REVIEW}),
    "review": frozenset({S.SUBMITTED, S.INCOMPLETE, S.UNDER_REVIEW}),
    "grant": frozenset({S.UNDER_REVIEW}),
    "reject": frozenset({S.UNDER_REVIEW}),
    "pay": frozenset({S.GRANTED}),
    "justify": frozenset({S.PAID}),
    "reclaim": frozenset({S.PAID, S.JUSTIFIED}),
}
"""The states of an application in which each action is possible; in other states it is refused, without an event.

The first three are actions of the network's coordinators, the others of the city.
"""

IN_DUTCH: dict[ApplicationState, str] = {
    S.DRAFT: "de aanvraag is nog niet ingediend",
    S.SUBMITTED: "de aanvraag is ingediend",
    S.INCOMPLETE: "de stad wacht op een aanvulling van de aanvraag",
    S.UNDER_REVIEW: "de beslissing over de aanvraag is voorbereid",
    S.GRANTED: "de steun is al toegekend",
    S.REJECTED: "de aanvraag is al geweigerd",
    S.WITHDRAWN: "de aanvraag is ingetrokken",
    S.PAID: "de steun is al betaald",
    S.JUSTIFIED: "de steun is al betaald en verantwoord",
    S.RECLAIMED: "de steun is teruggevorderd",
}
"""The words for each state, as the end of a Dutch sentence that begins with `Dit kan nu niet:`."""
