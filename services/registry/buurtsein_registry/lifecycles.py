"""Declares the lifecycles of networks and memberships, which the portal for other teams draws."""

from buurtsein_contracts.portal.machines import Machine, Step, at
from buurtsein_contracts.portal.wording import Words

NETWORK = Machine(
    "Network",
    Words("A network, from application to recognition", "Een netwerk, van aanvraag tot erkenning"),
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
        at(0, 3, "SUSPENDED", planned=True),
        at(2, 3, "ENDED", planned=True),
    ),
    (
        Step(None, "apply", "DRAFT"),
        Step("DRAFT", "sign_charter", "CHARTER_READY"),
        Step("CHARTER_READY", "sign_charter", "CHARTER_READY"),
        Step("REJECTED", "sign_charter", "CHARTER_READY"),
        Step("RETURNED", "sign_charter", "CHARTER_READY"),
        Step("CHARTER_READY", "submit", "UNDER_REVIEW"),
        Step("UNDER_REVIEW", "approve", "UNDER_REVIEW"),
        Step("UNDER_REVIEW", "approve", "APPROVED", "NetworkApproved"),
        Step("UNDER_REVIEW", "reject", "REJECTED"),
        Step("APPROVED", "send_to_fod", "SUBMITTED_TO_FOD"),
        Step("SUBMITTED_TO_FOD", "recognise", "RECOGNISED", "NetworkRecognised"),
        Step("SUBMITTED_TO_FOD", "return_charter", "RETURNED"),
        Step("RECOGNISED", "suspend", "SUSPENDED", "NetworkSuspended", planned=True),
        Step("SUSPENDED", "reinstate", "RECOGNISED", "NetworkReinstated", planned=True),
        Step("RECOGNISED", "end", "ENDED", "NetworkEnded", planned=True),
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
