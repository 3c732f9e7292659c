"""Separation of duties: within one network one person acts for one side only, also after what they did has lapsed.

Source: two local authorities and the FOD each judge what the neighbourhood asks; a judgement of one's own is none.
"""

from enum import StrEnum

from buurtsein_kernel.problems import forbidden


class Side(StrEnum):
    """For whom somebody acts."""

    NEIGHBOURHOOD = "neighbourhood"
    """Applies, signs, submits, coordinates."""
    POLICE = "police"
    """Screens, appoints, approves as korpschef."""
    CITY = "city"
    """Approves as burgemeester."""
    LOCAL = "local"
    """Sends to the FOD, removes a coordinator: police or city, which of the two is not known."""
    FOD = "fod"
    """Recognises, returns."""


_IN_DUTCH = {
    Side.NEIGHBOURHOOD: "als aanvrager of coördinator",
    Side.POLICE: "voor de politie",
    Side.CITY: "als burgemeester",
    Side.LOCAL: "voor de politie of de gemeente",
    Side.FOD: "voor de FOD",
}
_LOCAL = frozenset({Side.POLICE, Side.CITY})


def side_after(before: Side | None, now: Side) -> Side:
    """The side of somebody who acted for `before` and acts for `now`; DomainError `same_person` when they differ."""
    if before in (None, now) or (before is Side.LOCAL and now in _LOCAL):
        return now
    if now is Side.LOCAL and before in _LOCAL:
        return before
    acted = _IN_DUTCH[before]
    raise forbidden("same_person", f"Deze persoon trad voor dit netwerk al op {acted}. Iemand anders moet dit doen.")
