"""Defines how networks and memberships are stored; `buurtsein_chassis.documents` says how to change a model."""

from datetime import datetime
from typing import Any

from buurtsein_chassis.documents import Documents
from buurtsein_kernel.days import brussels_day
from buurtsein_registry.commands import Address
from buurtsein_registry.domain.enquiry import Asked
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import PersonData
from buurtsein_registry.domain.public_contact import PublicContact

_SIDE_OF_OFFICE = {"korpschef": "police", "burgemeester": "city"}


def _with_sides(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored network from schema 1 to 2: add `acts`, `screenings`, and `sides` (for whom a person acted)."""
    charter = stored.get("charter")
    signed = {charter["signed_by"]: "neighbourhood"} if charter else {}
    decided = {one["actor"]: _SIDE_OF_OFFICE[one["role"]] for one in stored["approvals"]}
    neighbours = [stored["applicant"], *(one["person"] for one in stored["coordinators"])]
    sides = signed | decided | dict.fromkeys(neighbours, "neighbourhood") | stored.get("sides", {})
    return {"acts": [], "screenings": []} | stored | {"sides": sides}


_REFUSED_BY = {"reject": "korpschef", "return_charter": "fod"}


def _with_charters(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored network from schema 2 to 3: its charter, approvals and reason become a list of one version."""
    charter, approvals, reason = (stored.pop(name, None) for name in ("charter", "approvals", "rejection"))
    if charter is None:
        return stored | {"charters": []}
    refusal = _refusal(stored, reason) if reason else None
    return stored | {"charters": [charter | {"approvals": approvals or [], "refusal": refusal}]}


def _refusal(stored: dict[str, Any], reason: str) -> dict[str, Any]:
    """Return the refusal of a stored charter; the last stored refusal action, if any, tells who refused it and when."""
    act = next((one for one in reversed(stored["acts"]) if one["action"] in _REFUSED_BY), None)
    if act is None:
        return {"reason": reason}
    of_city = stored["sides"].get(act["actor"]) == "city"
    office = "burgemeester" if of_city and act["action"] == "reject" else _REFUSED_BY[act["action"]]
    refused_on = brussels_day(datetime.fromisoformat(act["acted_at"]))
    return {"by": office, "reason": reason, "actor": act["actor"], "refused_on": refused_on.isoformat()}


NETWORKS = Documents(Network, [_with_sides, _with_charters])


def _with_requests(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored membership from schema 1 to 2: the fields of a membership request get their default values."""
    return stored


MEMBERS = Documents(Member, [_with_requests], written=1)
"""The memberships. The service's previous version reads only memberships with a status that it knows."""
PERSONS = Documents(PersonData)
"""The data of persons, which is stored encrypted in the vault."""
ADDRESSES = Documents(Address)
"""The addresses of members, which are stored encrypted in the vault."""
ASKED = Documents(Asked)
"""The texts of enquiries and the contact data of their senders, which are stored encrypted."""
PUBLIC_CONTACTS = Documents(PublicContact)
"""The public contacts of coordinators, which are stored encrypted."""
