"""Defines how networks and memberships are stored; `buurtsein_chassis.documents` says how to change a model."""

from typing import Any

from buurtsein_chassis.documents import Documents
from buurtsein_registry.commands import Address
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import PersonData

_SIDE_OF_OFFICE = {"korpschef": "police", "burgemeester": "city"}


def _with_sides(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored network from schema 1 to 2: add `acts`, `screenings`, and in `sides` the side of each person."""
    charter = stored.get("charter")
    signed = {charter["signed_by"]: "neighbourhood"} if charter else {}
    decided = {one["actor"]: _SIDE_OF_OFFICE[one["role"]] for one in stored["approvals"]}
    neighbours = [stored["applicant"], *(one["person"] for one in stored["coordinators"])]
    sides = signed | decided | dict.fromkeys(neighbours, "neighbourhood") | stored.get("sides", {})
    return {"acts": [], "screenings": []} | stored | {"sides": sides}


NETWORKS = Documents(Network, [_with_sides])
MEMBERS = Documents(Member)
PERSONS = Documents(PersonData)
"""The data of persons, which is stored encrypted in the vault."""
ADDRESSES = Documents(Address)
"""The addresses of members, which are stored encrypted in the vault."""
