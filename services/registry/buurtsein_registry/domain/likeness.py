"""Computes the texts by which persons are compared, to find a person who may have two memberships under two pseudonyms.

Invariant: the texts are personal data and are never stored; the vault stores an HMAC of each.
"""

import unicodedata
from collections.abc import Iterable

from buurtsein_registry.domain.person import PersonData


def likenesses(data: PersonData, places: Iterable[str]) -> set[str]:
    """Return texts of name with phone number and of name with each address; persons who share a text may be one person.

    The order of the names, accents and capitals do not count.
    """
    name = _plain(data.name)
    return {f"{name}|{data.mobile}", *(f"{name}|{place}" for place in places)}


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(sorted("".join(one for one in letters if not unicodedata.combining(one)).split()))
