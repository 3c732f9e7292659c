"""Defines the commands of the registry; each is the body of one request."""

from buurtsein_registry.commands.addresses import Address, GivenAddress
from buurtsein_registry.commands.coordinators import (
    AppointCoordinator,
    DecideAppeal,
    LodgeAppeal,
    MandateOfficer,
    RemoveCoordinator,
    Succeed,
)
from buurtsein_registry.commands.enquiries import CloseEnquiry, SendEnquiry, WithdrawEnquiry
from buurtsein_registry.commands.evaluations import WriteEvaluation
from buurtsein_registry.commands.imports import (
    ImportMember,
    ImportMemberAtAddress,
    ImportNetwork,
    RecognisedBefore,
    Source,
)
from buurtsein_registry.commands.members import (
    ChangePreferences,
    ContactFailed,
    DecideOnMember,
    JoinAtAddress,
    JoinNetwork,
    Leave,
    LeaveByToken,
    ProposeExclusion,
    SuspendMember,
    Warn,
    gets_sms,
)
from buurtsein_registry.commands.networks import (
    AmendCharter,
    ApplyForNetwork,
    Decide,
    EndNetwork,
    JoinBeAlert,
    Recognise,
    ReinstateNetwork,
    ReturnCharter,
    SignCharter,
    SuspendNetwork,
)
from buurtsein_registry.commands.persons import ConfirmErasures, CorrectAddress, CorrectPerson, ErasePerson
from buurtsein_registry.commands.public_contacts import PublishContact

__all__ = [
    "Address",
    "AmendCharter",
    "ApplyForNetwork",
    "AppointCoordinator",
    "ChangePreferences",
    "CloseEnquiry",
    "ConfirmErasures",
    "ContactFailed",
    "CorrectAddress",
    "CorrectPerson",
    "Decide",
    "DecideAppeal",
    "DecideOnMember",
    "EndNetwork",
    "ErasePerson",
    "GivenAddress",
    "ImportMember",
    "ImportMemberAtAddress",
    "ImportNetwork",
    "JoinAtAddress",
    "JoinBeAlert",
    "JoinNetwork",
    "Leave",
    "LeaveByToken",
    "LodgeAppeal",
    "MandateOfficer",
    "ProposeExclusion",
    "PublishContact",
    "Recognise",
    "RecognisedBefore",
    "ReinstateNetwork",
    "RemoveCoordinator",
    "ReturnCharter",
    "SendEnquiry",
    "SignCharter",
    "Source",
    "Succeed",
    "SuspendMember",
    "SuspendNetwork",
    "Warn",
    "WithdrawEnquiry",
    "WriteEvaluation",
    "gets_sms",
]
