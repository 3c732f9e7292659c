"""Defines the commands of funding; each is the body of one request."""

from buurtsein_funding.commands.applications import FillInForm, RequestedCost, RequestSupport
from buurtsein_funding.commands.decisions import AcceptedCost, AskMore, CollegeDecision, Decide, Grant, Reject, Review
from buurtsein_funding.commands.payments import GiveAccount, Justify, PreparePayments, Reclaim

__all__ = [
    "AcceptedCost",
    "AskMore",
    "CollegeDecision",
    "Decide",
    "FillInForm",
    "GiveAccount",
    "Grant",
    "Justify",
    "PreparePayments",
    "Reclaim",
    "Reject",
    "RequestSupport",
    "RequestedCost",
    "Review",
]
