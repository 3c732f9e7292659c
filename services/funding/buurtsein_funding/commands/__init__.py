"""Defines the commands of funding; each is the body of one request."""

from buurtsein_funding.commands.applications import FillInForm, RequestedCost, RequestSupport
from buurtsein_funding.commands.decisions import AcceptedCost, AskMore, CollegeDecision, Decide, Grant, Reject, Review

__all__ = [
    "AcceptedCost",
    "AskMore",
    "CollegeDecision",
    "Decide",
    "FillInForm",
    "Grant",
    "Reject",
    "RequestSupport",
    "RequestedCost",
    "Review",
]
