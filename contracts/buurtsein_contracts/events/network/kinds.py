"""Defines the values that events about networks use: kinds, offices, statuses and reasons."""

from enum import StrEnum

from buurtsein_contracts.model import ClosedEnum


class NetworkKind(StrEnum):
    """The kind of a network: BIN for residents, BIN-Z for traders."""

    BIN = "BIN"
    BIN_Z = "BIN-Z"


class ApproverRole(ClosedEnum):
    """The local authorities, korpschef and burgemeester, which must both approve a network."""

    KORPSCHEF = "korpschef"
    BURGEMEESTER = "burgemeester"


class RecognitionStatus(StrEnum):
    """The status of a network's recognition by the FOD (Belgian ministry of the Interior)."""

    REQUESTED = "IN_AANVRAAG"
    ACTIVE = "ACTIEF"
    SUSPENDED = "GESCHORST"
    EXPIRED = "VERLOPEN"


class CoordinatorRole(StrEnum):
    """The role of a coordinator; a network has exactly one main coordinator and any number of co-coordinators."""

    COORDINATOR = "coordinator"
    CO_COORDINATOR = "co-coordinator"


class AmendedPart(StrEnum):
    """A part of the charter that a new version has changed."""

    NAME = "name"
    AREA = "area"
    CONTACTS = "contacts"
    COMMUNICATION_PLAN = "communication_plan"
    BUDGET_PLAN = "budget_plan"


class SuspensionReason(StrEnum):
    """The reason why the FOD (Belgian ministry of the Interior) suspended a network's recognition."""

    NO_COORDINATOR = "no_coordinator"
    NO_EVALUATION = "no_evaluation"
    CHARTER_BREACHED = "charter_breached"
    INACTIVE = "inactive"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a network ended."""

    STOPPED = "stopped"
    MERGED = "merged_into"
    WITHDRAWN = "withdrawn"


class RemovalReason(StrEnum):
    """Why somebody is no longer a coordinator."""

    RESIGNED = "resigned"
    MOVED = "moved"
    SCREENING_LAPSED = "screening_lapsed"
    HOUSE_RULES_BREACHED = "house_rules_breached"
    DECEASED = "deceased"
    APPOINTED_IN_ERROR = "appointed_in_error"


class NetworkRisk(StrEnum):
    """A reason why a recognised network may soon cease to work, such as too few coordinators."""

    NO_COORDINATOR = "no_coordinator"
    ONE_COORDINATOR = "one_coordinator"
    """One person alone coordinates the network, so that nobody takes over."""
    SCREENING_OUT_OF_DATE = "screening_out_of_date"
    NO_ACTIVITY = "no_activity"
    """Nobody did anything with the network, joined it or left it for a long time."""
    ACTIVE_UNANSWERED = "active_unanswered"
    """No coordinator answered the yearly question whether the network is still active."""
    EVALUATION_OVERDUE = "evaluation_overdue"
    """The last yearly evaluation was not signed in time."""
    ENQUIRY_UNANSWERED = "enquiry_unanswered"
    """No coordinator closed an enquiry for a long time."""
