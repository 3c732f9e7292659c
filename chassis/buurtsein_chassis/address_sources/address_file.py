"""Looks up official addresses in a CSV file, which is read once and kept in memory."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from buurtsein_kernel.areas import is_belgian
from buurtsein_kernel.official_addresses import (
    MOST_SUGGESTIONS,
    AddressQuery,
    Match,
    OfficialAddress,
    choose,
    street_key,
)

COLUMNS = ("address_id", "street", "house_number", "box", "postcode", "nis", "longitude", "latitude")
"""The columns that the file must have, in any order; others are ignored."""


class AddressFile:
    """Looks up addresses in a file that it keeps in memory, which is enough for some 100,000 addresses."""

    def __init__(self, path: Path) -> None:
        """Read the file; raise ValueError that says in one sentence what is wrong with it."""
        self._streets: dict[str, dict[str, list[OfficialAddress]]] = defaultdict(lambda: defaultdict(list))
        for address in _read(path):
            self._streets[address.postcode][street_key(address.street)].append(address)

    async def match(self, asked: AddressQuery) -> Match:
        """Return the address; else suggest the nearest house numbers in its street, or streets with a similar name."""
        streets = self._streets.get(asked.postcode, {})
        name = street_key(asked.street)
        if name in streets:
            return choose(asked, _nearest(streets[name], asked.house_number))
        alike = get_close_matches(name, streets, MOST_SUGGESTIONS)
        return Match(None, tuple(_nearest(streets[one], asked.house_number)[0] for one in alike))


def _nearest(street: list[OfficialAddress], house_number: str) -> list[OfficialAddress]:
    """Return the addresses of a street, those with the nearest house numbers first."""
    return sorted(street, key=lambda one: abs(_number(one.house_number) - _number(house_number)))


def _number(house_number: str) -> int:
    digits = "".join(letter if letter.isdecimal() else " " for letter in house_number).split()
    return int(digits[0]) if digits else 0


def _read(path: Path) -> Iterator[OfficialAddress]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            absent = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if absent:
                raise ValueError(f"{path} has no column {absent[0]}")
            for row in rows:
                yield _address(row, f"{path} line {rows.line_num}")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(f"{path} is no CSV in UTF-8") from None


def _address(row: Mapping[str, str | None], where: str) -> OfficialAddress:
    values = {name: (row[name] or "").strip() for name in COLUMNS}
    try:
        longitude, latitude = float(values.pop("longitude")), float(values.pop("latitude"))
    except ValueError:
        raise ValueError(f"{where} has no longitude and latitude") from None
    if not is_belgian(longitude, latitude):
        raise ValueError(f"{where} lies outside Belgium")
    box = values.pop("box") or None
    if not all(values.values()):
        raise ValueError(f"{where} has an empty column")
    return OfficialAddress(**values, box=box, longitude=longitude, latitude=latitude)


def _usable(path: Path) -> Path:
    AddressFile(path)
    return path


AddressFilePath = Annotated[Path, AfterValidator(_usable)]
"""Annotates a setting with the path of a file of addresses, which is read and checked when the settings are loaded."""
