"""How networks and memberships are stored; `buurtsein_chassis.documents` tells what to do when a model changes."""

from typing import Any

from buurtsein_chassis.documents import Documents
from buurtsein_registry.commands import Address
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network

_SIDE_OF_OFFICE = {"korpschef": "police", "burgemeester": "city"}


def _with_sides(stored: dict[str, Any]) -> dict[str, Any]:
    """From 1 to 2: whoever acted for the network did so for one side; it was kept of some of them only."""
    charter = stored.get("charter")
    signed = {charter["signed_by"]: "neighbourhood"} if charter else {}
    decided = {one["actor"]: _SIDE_OF_OFFICE[one["role"]] for one in stored["approvals"]}
    neighbours = [stored["applicant"], *(one["person"] for one in stored["coordinators"])]
    sides = signed | decided | dict.fromkeys(neighbours, "neighbourhood") | stored.get("sides", {})
    return {"acts": [], "screenings": []} | stored | {"sides": sides}


NETWORKS = Documents(Network, [_with_sides])
MEMBERS = Documents(Member)
ADDRESSES = Documents(Address)
"""Of members, in the vault."""
