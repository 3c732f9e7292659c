"""Separates duties: in one network a person acts for one side only, such as the police or the neighbourhood.

An earlier act counts also when it has lapsed.

Source: two local authorities and the FOD judge what the neighbourhood asks, and nobody may judge their own request.
"""

from enum import StrEnum

from buurtsein_kernel.problems import forbidden


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
_LOCAL_ROLES = frozenset({"korpschef", "burgemeester", "officer", "city-officer"})


def side_after(before: Side | None, now: Side) -> Side:
    """Return the side of a person after an act for the side `now`; `before` is the person's side until then.

    Raises DomainError `same_person` when the two sides contradict each other.
    """
    if before in (None, now) or (before is Side.LOCAL and now in _LOCAL):
        return now
    if now is Side.LOCAL and before in _LOCAL:
        return before
    acted = _IN_DUTCH[before]
    raise forbidden("same_person", f"Deze persoon trad voor dit netwerk al op {acted}. Iemand anders moet dit doen.")


def side_of(roles: frozenset[str]) -> Side:
    """Return the side for which a person with these roles enters something about a network."""
    if "fod" in roles:
        return Side.FOD
    return Side.NEIGHBOURHOOD if roles.isdisjoint(_LOCAL_ROLES) else Side.LOCAL
