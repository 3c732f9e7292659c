"""The catalogue of events; one module per topic."""

from buurtsein_contracts.events.alert import (
    AlertFailed,
    AlertProposed,
    AlertRefused,
    AlertReleased,
    AlertSent,
)
from buurtsein_contracts.events.funding import FundingDecided, FundingRequested
from buurtsein_contracts.events.incident import IncidentReported
from buurtsein_contracts.events.member import MemberJoined, MemberLeft
from buurtsein_contracts.events.network import (
    BeAlertJoined,
    CoordinatorAppointed,
    NetworkApproved,
    NetworkRecognised,
)
from buurtsein_contracts.model import EventData

EVENTS: tuple[type[EventData], ...] = (
    NetworkApproved,
    NetworkRecognised,
    CoordinatorAppointed,
    BeAlertJoined,
    MemberJoined,
    MemberLeft,
    IncidentReported,
    FundingRequested,
    FundingDecided,
    AlertProposed,
    AlertReleased,
    AlertRefused,
    AlertSent,
    AlertFailed,
)

__all__ = [
    "EVENTS",
    "AlertFailed",
    "AlertProposed",
    "AlertRefused",
    "AlertReleased",
    "AlertSent",
    "BeAlertJoined",
    "CoordinatorAppointed",
    "FundingDecided",
    "FundingRequested",
    "IncidentReported",
    "MemberJoined",
    "MemberLeft",
    "NetworkApproved",
    "NetworkRecognised",
]
