"""Makes export files of a telephone hotline for tests."""

from pathlib import Path
from typing import Any

from buurtsein_operate.hotline import read
from buurtsein_operate.sheets import Row

HEADER = "nummer;categorie;omschrijving;datum;uur;straat;huisnummer;postcode;deelgemeente;lat;lon;email_melder"
GOOD = "M-1;graffiti;Tag op de muur;17/11/2026;15:42;Dorp;100;9300;Aalst;50,936146;4.067202;piet@voorbeeld.be"
NAMES = HEADER.split(";")


def cells(**changes: str) -> str:
    """Return the cells of a valid row, after replacing some of the cells."""
    return ";".join(changes.get(name, cell) for name, cell in zip(NAMES, GOOD.split(";"), strict=True))


def written(tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
    return path


def rows_in(path: Path) -> list[Row]:
    return list(read(path).rows())


def read_row(tmp_path: Path, **changes: str) -> Row:
    """Write an export of one valid row with some cells replaced; return the row as the import reads it."""
    [row] = rows_in(written(tmp_path, cells(**changes)))
    return row


def rows_of(*numbers: str, **report: Any) -> list[Row]:
    return [Row(line, number, [number], {"text": "x"} | report) for line, number in enumerate(numbers, 2)]
