"""Parses cells of a list: an invalid coordinate refuses the row, an invalid optional value is left out."""

import re
from collections.abc import Mapping

from buurtsein_kernel.text import straightened
from buurtsein_operate.sheets.remarks import Remark, Unreadable, quoted

_NUMBER = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")
_POSTCODE = re.compile(r"(?:BE?)?[ -]*([1-9]\d{3})(?:[.,]0+)?(?: \D*)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_EMAIL = 254
_YES = frozenset({"ja", "j", "x", "1", "waar", "true", "yes", "oui"})


def coordinate(text: str, column: str, word: str, most: float) -> float | None:
    """Return a coordinate in degrees from a text with a decimal comma or point; None for an empty cell.

    Raises:
        Unreadable: `latitude_invalid` or `longitude_invalid`.
    """
    plain = straightened(text)
    if not plain:
        return None
    value = float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else most + 1
    if abs(value) > most:
        code = "latitude_invalid" if column == "lat" else "longitude_invalid"
        text = f"{quoted(plain)} is geen {word}: die ligt tussen -{most:.0f} en {most:.0f}. Ontbreekt de komma?"
        raise Unreadable(code, column, text)
    return value


def postcode(text: str) -> tuple[str | None, Remark | None]:
    """Return the four digits of a postcode, also from a text such as `B-9300` or `9300 Aalst`.

    A cell without such digits gives None and a remark.
    """
    plain = straightened(text)
    match = _POSTCODE.fullmatch(plain)
    if match is None:
        return None, _left_out("postcode", plain) if plain else None
    changed = Remark("cell_understood", "postcode", f"{quoted(plain)} is gelezen als {match[1]}")
    return match[1], changed if match[1] != plain else None


def email(text: str, column: str) -> tuple[str | None, Remark | None]:
    """Return an e-mail address, or None with a remark when the cell contains something else."""
    plain = straightened(text)
    if len(plain) <= _LONGEST_EMAIL and _EMAIL.fullmatch(plain):
        return plain, None
    return None, _left_out(column, plain if "@" not in plain else "") if plain else None


def is_yes(text: str) -> bool:
    """Return whether a cell contains a word for yes."""
    return straightened(text).casefold() in _YES


def one_of(text: str, known: Mapping[str, str], column: str) -> str:
    """Return the value for a word in a cell; raise Unreadable `word_unknown` for an unknown word or an empty cell."""
    word = straightened(text).casefold()
    if word not in known:
        words = ", ".join(known)
        raise Unreadable("word_unknown", column, f"{quoted(word)} is hier niet bekend; schrijf een van: {words}")
    return known[word]


def several(text: str) -> list[str]:
    """Return the values in a cell that are separated by commas, semicolons or slashes."""
    return [part for one in re.split(r"[,;/]", straightened(text)) if (part := one.strip())]


def _left_out(column: str, cell: str) -> Remark:
    what = quoted(cell) if cell else "dit"
    return Remark("cell_left_out", column, f"{what} is hier niet bruikbaar en is weggelaten")
