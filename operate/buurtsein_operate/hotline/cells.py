"""Parses the cells of an export: a wrong coordinate refuses the whole row, a wrong optional cell is left out."""

import re

from buurtsein_kernel.text import straightened
from buurtsein_operate.hotline.remarks import Remark, Unreadable, quoted

_NUMBER = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")
_POSTCODE = re.compile(r"(?:BE?)?[ -]*([1-9]\d{3})(?:[.,]0+)?(?: \D*)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_EMAIL = 254


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


def _left_out(column: str, cell: str) -> Remark:
    what = quoted(cell) if cell else "dit"
    return Remark("cell_left_out", column, f"{what} is hier niet bruikbaar en is weggelaten")
