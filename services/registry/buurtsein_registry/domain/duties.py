"""Separates duties: in one network a person acts for one side only, such as the police or the neighbourhood.

An act counts for ever, also when its effect (such as an approval) has lapsed.

Source: two local authorities and the FOD judge what the neighbourhood asks, and nobody may judge their own request.
"""

from collections.abc import Mapping
from enum import StrEnum

from buurtsein_kernel.problems import Word, forbidden


class Side(StrEnum):
    """The side for which a person acts in a network; one person may not act for two sides."""

    NEIGHBOURHOOD = "neighbourhood"
    """The side that applies, signs, submits and coordinates."""
    POLICE = "police"
    """The side that screens, appoints, and approves as korpschef."""
    CITY = "city"
    """The side that approves as burgemeester."""
    LOCAL = "local"
    """Police or city, when it is not known which: both may send to the FOD and remove a coordinator."""
    FOD = "fod"
    """The side that recognises the network or returns the charter."""


_IN_DUTCH = {
    Side.NEIGHBOURHOOD: "als aanvrager of coördinator",
    Side.POLICE: "voor de politie",
    Side.CITY: "als burgemeester",
    Side.LOCAL: "voor de politie of de gemeente",
    Side.FOD: "voor de FOD",
}
_LOCAL = frozenset({Side.POLICE, Side.CITY})
_POLICE = dict.fromkeys(("korpschef", "officer"), Side.POLICE)
_LOCAL_ROLES = dict.fromkeys(("korpschef", "burgemeester", "officer", "city-officer"), Side.LOCAL)
_LETTER = _LOCAL_ROLES | {"fod": Side.FOD}
_COORDINATOR = {"coordinator": Side.NEIGHBOURHOOD}
_RESIDENTS = dict.fromkeys(("coordinator", "member", "resident", "trader"), Side.NEIGHBOURHOOD)

DUTIES: Mapping[str, Mapping[str, Side]] = {
    "apply_for_network": _RESIDENTS,
    "import_network": dict.fromkeys(("officer", "city-officer"), Side.LOCAL) | {"fod": Side.FOD},
    "sign_charter": _RESIDENTS,
    "submit": _RESIDENTS,
    "amend": _COORDINATOR,
    "join_be_alert": _COORDINATOR,
    "confirm_active": _COORDINATOR,
    "write_evaluation": _COORDINATOR | _POLICE,
    "sign_evaluation": _COORDINATOR | dict.fromkeys(("officer", "mandated-officer"), Side.POLICE),
    "appoint_coordinator": _POLICE,
    "decide": {"korpschef": Side.POLICE, "burgemeester": Side.CITY},
    "send_to_fod": _LOCAL_ROLES,
    "recognise": _LETTER,
    "return_charter": _LETTER,
    "renew": _LETTER,
    "suspend": _LETTER,
    "reinstate": _LETTER,
    "end_network": _LETTER | _RESIDENTS,
    "remove_coordinator": _POLICE | {"burgemeester": Side.CITY} | _COORDINATOR,
    "succeed": _POLICE | {"burgemeester": Side.CITY},
    "lodge_appeal": _RESIDENTS | {"burgemeester": Side.CITY, "city-officer": Side.CITY},
    "decide_appeal": {"burgemeester": Side.CITY},
    "mandate_officer": {"korpschef": Side.POLICE},
    "release_officer": {"korpschef": Side.POLICE},
}
"""The roles that may do each act on a network, and the side for which each of them then acts."""


def side_after(before: Side | None, now: Side) -> Side:
    """Return the side for which a person acts from now on, after the side `before` and a new act for the side `now`.

    Raises DomainError `same_person` when one person may not act for both sides.
    """
    if before in (None, now) or (before is Side.LOCAL and now in _LOCAL):
        return now
    if now is Side.LOCAL and before in _LOCAL:
        return before
    detail = f"Deze persoon trad voor dit netwerk al op {_IN_DUTCH[before]}. Iemand anders moet dit doen."
    raise forbidden("same_person", detail, why=Word("other_person", "acted"), side=Word("sides", before))


def side_of(roles: frozenset[str]) -> Side:
    """Return the side, such as police or neighbourhood, for which a person with these roles enters something."""
    if "fod" in roles:
        return Side.FOD
    return Side.NEIGHBOURHOOD if roles.isdisjoint(_LOCAL_ROLES) else Side.LOCAL


def side_in(act: str, roles: frozenset[str]) -> Side:
    """Return the side (police, city, ministry, neighbourhood) for which a person with these roles does an act.

    An official who also has a role of the neighbourhood acts as official. A person with roles of police and city acts
    for the police.
    """
    sides = {side for role, side in DUTIES[act].items() if role in roles}
    return next(side for side in (Side.FOD, Side.POLICE, Side.CITY, Side.LOCAL, Side.NEIGHBOURHOOD) if side in sides)
