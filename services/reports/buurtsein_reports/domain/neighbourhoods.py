"""Reads the neighbourhoods of a municipality; people who cannot point at a place name its neighbourhood."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from buurtsein_contracts.events.geography import Latitude, Longitude
from buurtsein_kernel.official_addresses import street_key
from buurtsein_kernel.problems import DomainError


class Neighbourhood(BaseModel):
    """A part of the municipality: its name, a point in it, and the largest distance from that point to its border."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(min_length=1, max_length=100)
    longitude: Longitude
    latitude: Latitude
    metres: int = Field(ge=1, le=50_000)


class Neighbourhoods:
    """The neighbourhoods of one municipality, in the order of the file; a municipality may have none."""

    def __init__(self, items: Iterable[Neighbourhood] = ()) -> None:
        """Take the neighbourhoods, and index them by name; the index ignores differences of spelling."""
        self.items = list(items)
        self._by_name = {street_key(one.name): one for one in self.items}

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a CSV file with the columns name, longitude, latitude and metres.

        Raises:
            ValueError: the message says which line is wrong.
        """
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            return cls([_read(row, rows.line_num) for row in rows])

    def require(self, name: str | None) -> Neighbourhood:
        """Return a neighbourhood by its name in any spelling; raise DomainError `neighbourhood_unknown`."""
        found = self._by_name.get(street_key(name or ""))
        if found is None:
            names = {"neighbourhoods": [one.name for one in self.items]}
            raise DomainError("neighbourhood_unknown", "Kies een wijk uit de lijst.", members=names)
        return found


def _read(row: dict[str, str], line: int) -> Neighbourhood:
    try:
        return Neighbourhood.model_validate(row)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        raise ValueError(f"line {line}, {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from None
