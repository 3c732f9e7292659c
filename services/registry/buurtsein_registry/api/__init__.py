"""Defines the HTTP routes of the registry: each makes a command of the request and calls one handler."""

from fastapi import APIRouter

from buurtsein_registry.api import (
    confirmations,
    contact_failures,
    continuity,
    coordinators,
    enquiries,
    evaluations,
    imports,
    lists,
    mandates,
    members,
    networks,
    persons,
    public_contacts,
    reading,
    register,
    sanctions,
    tasks,
    vault,
    vault_keys,
)

_PARTS = (
    lists,
    reading,
    networks,
    coordinators,
    mandates,
    members,
    sanctions,
    persons,
    tasks,
    vault,
    vault_keys,
    confirmations,
    contact_failures,
    continuity,
    evaluations,
    imports,
    register,
    enquiries,
    public_contacts,
)
router = APIRouter(routes=[route for part in _PARTS for route in part.router.routes])
