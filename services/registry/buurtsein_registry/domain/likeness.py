"""Computes texts for comparing persons, to find a person who may have memberships under two pseudonyms.

Invariant: the texts are personal data and are never stored; the vault stores an HMAC of each.
"""

import unicodedata
from collections.abc import Iterable

from buurtsein_registry.domain.person import PersonData


def likenesses(data: PersonData, places: Iterable[str]) -> set[str]:
    """Return texts that consist of the name and the phone number, or of the name and an address.

    Two persons who share a text may be the same person. Accents, capitals and the order of the names do not count.
    """
    name = _plain(data.name)
    return {f"{name}|{data.mobile}", *(f"{name}|{place}" for place in places)}


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(sorted("".join(one for one in letters if not unicodedata.combining(one)).split()))
