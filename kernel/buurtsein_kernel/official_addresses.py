"""Defines official addresses, and the Protocol of a source that looks up an address as a person wrote it."""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from buurtsein_kernel.areas import METRES_PER_DEGREE
from buurtsein_kernel.problems import DomainError, ProblemKind

MOST_SUGGESTIONS = 5
SAME_HOUSE_METRES = 100.0
"""Addresses with the same street, house number and postcode that are further apart are different houses."""
_ABBREVIATIONS = ((re.compile(r"str\.?$"), "straat"), (re.compile(r"^st[. -]"), "sint"))
_PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class AddressQuery:
    """An address as a person wrote it."""

    street: str
    house_number: str
    box: str | None
    postcode: str
    address_id: str | None = None
    """The id of one of the suggestions, which the person chose."""


@dataclass(frozen=True, slots=True)
class OfficialAddress:
    """An address in the official register, with its point in degrees (WGS84)."""

    address_id: str
    street: str
    house_number: str
    box: str | None
    postcode: str
    nis: str
    """The NIS code of the municipality."""
    longitude: float
    latitude: float

    def __str__(self) -> str:
        """Return the address as people write it, without the municipality: `Dorp 1 bus 2, 9300`."""
        return f"{self.street} {self.house_number}{f' bus {self.box}' if self.box else ''}, {self.postcode}"


@dataclass(frozen=True, slots=True)
class Match:
    """The result of a lookup: the official address, or suggestions that resemble what the person wrote."""

    found: OfficialAddress | None
    suggestions: tuple[OfficialAddress, ...] = ()
    several: bool = False
    """Whether each suggestion is the address that the person wrote: parts of a municipality share street names."""


class AddressSource(Protocol):
    """A source of official addresses, such as a file or the Flemish address register."""

    async def match(self, asked: AddressQuery) -> Match:
        """Look up an address; raise AddressSourceUnavailable when the source gives no answer."""
        ...


class AddressSourceUnavailable(DomainError):
    """Raised when the source of addresses gives no answer in time; the same request can succeed later."""

    def __init__(self) -> None:
        """Make the error with the code `address_source_unavailable`."""
        detail = "We kunnen het adres nu niet nakijken. Probeer het over enkele minuten opnieuw."
        super().__init__("address_source_unavailable", detail, ProblemKind.UNAVAILABLE)


def choose(asked: AddressQuery, candidates: Iterable[OfficialAddress]) -> Match:
    """Return the candidate that matches the query; without a match, the first candidates as suggestions.

    Postcode, street and house number must agree, in any spelling. When no candidate has the box, the address of the
    house is found, because all boxes of a house are in the same place and registers do not have all boxes. Houses in
    different places are suggestions, and the person chooses one by its id.
    """
    known = list(candidates)
    same_house = [one for one in known if _house(one) == _house(asked)]
    likely = _likely(asked, same_house)
    if not likely:
        return Match(None, tuple(known[:MOST_SUGGESTIONS]))
    if any(_metres(likely[0], one) > SAME_HOUSE_METRES for one in likely):
        return Match(None, tuple(likely[:MOST_SUGGESTIONS]), several=True)
    return Match(min(likely, key=lambda one: (_box(one) != _box(asked), one.box is not None, one.box or "")))


def _likely(asked: AddressQuery, same_house: list[OfficialAddress]) -> list[OfficialAddress]:
    """Return the address with the chosen id; else the addresses with the requested box; else all addresses."""
    chosen = [one for one in same_house if one.address_id == asked.address_id]
    with_box = [one for one in same_house if asked.box and _box(one) == _box(asked)]
    return chosen or with_box or same_house


def _metres(one: OfficialAddress, other: OfficialAddress) -> float:
    east = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
    return math.hypot(east, one.latitude - other.latitude) * METRES_PER_DEGREE


def street_key(street: str) -> str:
    """Return a text that is equal for all usual spellings of a street: capitals, accents, blanks, `str.`, `St.`."""
    decomposed = unicodedata.normalize("NFKD", street.casefold().strip())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    for short, long in _ABBREVIATIONS:
        plain = short.sub(long, plain)
    return _PUNCTUATION.sub("", plain)


def _house(address: AddressQuery | OfficialAddress) -> tuple[str, str, str]:
    return address.postcode, street_key(address.street), "".join(address.house_number.casefold().split())


def _box(address: AddressQuery | OfficialAddress) -> str:
    return (address.box or "").casefold().lstrip("0")


def not_found(match: Match) -> DomainError:
    """Return the error for a lookup without a result.

    The error is `address_unknown`, with up to five similar addresses as `suggestions`, or `address_ambiguous`, with all
    houses that have this address as `suggestions`; the client sends the id of one of the houses.
    """
    suggestions = {"suggestions": [_shown(one) for one in match.suggestions]}
    if match.several:
        detail = "Er zijn meer huizen met deze straat, dit nummer en deze postcode. Kies het juiste."
        return DomainError("address_ambiguous", detail, members=suggestions)
    detail = "Dit adres staat niet in het adressenregister. Kijk straat, huisnummer en postcode na."
    return DomainError("address_unknown", detail, members=suggestions)


def _shown(address: OfficialAddress) -> dict[str, str]:
    """Return an official address in the form of the fields of a request, for a list of suggestions."""
    box = {"box": address.box} if address.box else {}
    return {
        "address_id": address.address_id,
        "street": address.street,
        "house_number": address.house_number,
        **box,
        "postcode": address.postcode,
    }
