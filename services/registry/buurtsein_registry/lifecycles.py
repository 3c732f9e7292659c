"""Declares the lifecycles of networks and memberships, which the portal for other teams draws."""

from buurtsein_contracts.portal.machines import Machine, Step, at
from buurtsein_contracts.portal.wording import Words

_LIVING = (
    "DRAFT",
    "CHARTER_READY",
    "UNDER_REVIEW",
    "RETURNED",
    "REJECTED",
    "APPROVED",
    "SUBMITTED_TO_FOD",
    "RECOGNISED",
    "SUSPENDED",
    "AMENDING",
)

NETWORK = Machine(
    "Network",
    Words("A network, from application to its end", "Een netwerk, van aanvraag tot einde"),
    "registry",
    "bin.networks",
    (
        at(0, 0, "DRAFT"),
        at(1, 0, "CHARTER_READY"),
        at(2, 0, "UNDER_REVIEW"),
        at(0, 1, "RETURNED"),
        at(1, 1, "REJECTED"),
        at(2, 1, "APPROVED"),
        at(1, 2, "SUBMITTED_TO_FOD"),
        at(1, 3, "RECOGNISED"),
        at(0, 3, "SUSPENDED"),
        at(2, 3, "AMENDING"),
        at(1, 4, "ENDED"),
    ),
    (
        Step(None, "apply", "DRAFT", "NetworkApplied"),
        Step("DRAFT", "sign_charter", "CHARTER_READY"),
        Step("CHARTER_READY", "sign_charter", "CHARTER_READY"),
        Step("REJECTED", "sign_charter", "CHARTER_READY"),
        Step("RETURNED", "sign_charter", "CHARTER_READY"),
        Step("CHARTER_READY", "submit", "UNDER_REVIEW", "NetworkSubmitted"),
        Step("UNDER_REVIEW", "approve", "UNDER_REVIEW"),
        Step("UNDER_REVIEW", "approve", "APPROVED", "NetworkApproved"),
        Step("UNDER_REVIEW", "reject", "REJECTED", "NetworkRejected"),
        Step("APPROVED", "send_to_fod", "SUBMITTED_TO_FOD", "NetworkSentToFod"),
        Step("SUBMITTED_TO_FOD", "recognise", "RECOGNISED", "NetworkRecognised"),
        Step("SUBMITTED_TO_FOD", "return_charter", "RETURNED", "NetworkReturned"),
        Step("RECOGNISED", "renew", "RECOGNISED", "NetworkRecognised"),
        Step("RECOGNISED", "suspend", "SUSPENDED", "NetworkSuspended"),
        Step("SUSPENDED", "reinstate", "RECOGNISED", "NetworkReinstated"),
        Step("RECOGNISED", "amend", "AMENDING", "NetworkSubmitted"),
        Step("AMENDING", "amend", "AMENDING", "NetworkSubmitted"),
        Step("AMENDING", "renew", "AMENDING", "NetworkRecognised"),
        Step("AMENDING", "approve", "AMENDING"),
        Step("AMENDING", "approve", "RECOGNISED", "NetworkAmended"),
        Step("AMENDING", "reject", "RECOGNISED", "NetworkRejected"),
        *(Step(state, "end", "ENDED", "NetworkEnded") for state in _LIVING),
    ),
)

MEMBERSHIP = Machine(
    "Membership",
    Words("A membership of a network", "Een lidmaatschap van een netwerk"),
    "registry",
    "bin.members",
    (
        at(0, 0, "ACTIVE"),
        at(1, 0, "LEFT"),
        at(2, 0, "ERASED"),
        at(0, 1, "SUSPENDED", planned=True),
        at(1, 1, "EXCLUDED", planned=True),
    ),
    (
        Step(None, "join", "ACTIVE", "MemberJoined"),
        Step("ACTIVE", "leave", "LEFT", "MemberLeft"),
        Step("ACTIVE", "suspend", "SUSPENDED", "MemberSuspended", planned=True),
        Step("ACTIVE", "exclude", "EXCLUDED", "MemberExcluded", planned=True),
        Step("LEFT", "erase", "ERASED", "PersonErased"),
        Step("EXCLUDED", "erase", "ERASED", "PersonErased", planned=True),
    ),
)
