"""Defines the topic `bin.networks`: all events of a network, from its application to its end."""

from buurtsein_contracts.events.network.application import (
    Approval,
    NetworkApplied,
    NetworkApproved,
    NetworkRejected,
    NetworkSubmitted,
)
from buurtsein_contracts.events.network.continuity import EvaluationSigned, NetworkAtRisk
from buurtsein_contracts.events.network.kinds import (
    AmendedPart,
    ApproverRole,
    CoordinatorRole,
    EndReason,
    NetworkKind,
    NetworkRisk,
    RecognitionStatus,
    RemovalReason,
    SuspensionReason,
)
from buurtsein_contracts.events.network.life import (
    BeAlertJoined,
    CoordinatorAppointed,
    CoordinatorRemoved,
    NetworkAmended,
    NetworkEnded,
    OfficerMandated,
    OfficerReleased,
)
from buurtsein_contracts.events.network.recognition import (
    NetworkRecognised,
    NetworkReinstated,
    NetworkReturned,
    NetworkSentToFod,
    NetworkSuspended,
)

__all__ = [
    "AmendedPart",
    "Approval",
    "ApproverRole",
    "BeAlertJoined",
    "CoordinatorAppointed",
    "CoordinatorRemoved",
    "CoordinatorRole",
    "EndReason",
    "EvaluationSigned",
    "NetworkAmended",
    "NetworkApplied",
    "NetworkApproved",
    "NetworkAtRisk",
    "NetworkEnded",
    "NetworkKind",
    "NetworkRecognised",
    "NetworkReinstated",
    "NetworkRejected",
    "NetworkReturned",
    "NetworkRisk",
    "NetworkSentToFod",
    "NetworkSubmitted",
    "NetworkSuspended",
    "OfficerMandated",
    "OfficerReleased",
    "RecognitionStatus",
    "RemovalReason",
    "SuspensionReason",
]
