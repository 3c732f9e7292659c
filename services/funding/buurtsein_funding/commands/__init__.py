"""Defines the commands of funding; each is the body of one request."""

from buurtsein_funding.commands.applications import RequestedCost, RequestSupport
from buurtsein_funding.commands.decisions import Decide, Grant, Reject

__all__ = ["Decide", "Grant", "Reject", "RequestSupport", "RequestedCost"]
