"""Defines the HTTP routes of funding: each makes a command of the request and calls one handler."""

from fastapi import APIRouter

from buurtsein_funding.api import (
    applications,
    conditions,
    decisions,
    evidence,
    lists,
    message_costs,
    payments,
    schemes,
    vault_keys,
)

_PARTS = (lists, schemes, applications, decisions, conditions, message_costs, payments, evidence, vault_keys)
router = APIRouter(routes=[route for part in _PARTS for route in part.router.routes])

__all__ = ["router"]
