"""Tells by which texts two persons are compared, to suggest that they may be one person with two memberships.

Invariant: the texts are personal data and are never stored; the vault stores an HMAC of each.
"""

import unicodedata
from collections.abc import Iterable

from buurtsein_registry.domain.person import PersonData


def likenesses(data: PersonData, places: Iterable[str]) -> set[str]:
    """Return a text for name and phone number, and one for name and each address; two persons who share one are alike.

    The order of the names, accents and capitals do not count.
    """
    name = _plain(data.name)
    return {f"{name}|{data.mobile}", *(f"{name}|{place}" for place in places)}


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(sorted("".join(one for one in letters if not unicodedata.combining(one)).split()))
