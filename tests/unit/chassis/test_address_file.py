"""Tests a list of official addresses that is read from a CSV file."""

from pathlib import Path

import pytest

from buurtsein_chassis.address_sources.address_file import COLUMNS, AddressFile
from buurtsein_kernel.official_addresses import AddressQuery

ROWS = """\
900001,Bergstraat,2,,9300,Binnenstad,41002,4.030002,50.938745
900002,Bergstraat,40,,9300,Binnenstad,41002,4.031607,50.938309
900003,Dorp,2,0201,9308,Hofstade,41002,4.031527,50.937591
"""
HEAD = "address_id,street,house_number,box,postcode,neighbourhood,nis,longitude,latitude\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "addresses.csv"


def written(path: Path, text: str) -> AddressFile:
    path.write_text(text)
    return AddressFile(path)


async def test_an_address_is_found_with_its_point_and_municipality(path: Path) -> None:
    found = (await written(path, HEAD + ROWS).match(AddressQuery("bergstr.", "2", None, "9300"))).found
    assert found
    assert (found.address_id, found.nis, found.longitude, found.latitude) == ("900001", "41002", 4.030002, 50.938745)


async def test_an_unknown_number_suggests_the_nearest_numbers_of_the_street(path: Path) -> None:
    match = await written(path, HEAD + ROWS).match(AddressQuery("Bergstraat", "38", None, "9300"))
    assert [str(one) for one in match.suggestions] == ["Bergstraat 40, 9300", "Bergstraat 2, 9300"]


async def test_an_unknown_street_suggests_streets_with_nearly_the_same_name(path: Path) -> None:
    match = await written(path, HEAD + ROWS).match(AddressQuery("Bergstaat", "2", None, "9300"))
    assert (match.found, [str(one) for one in match.suggestions]) == (None, ["Bergstraat 2, 9300"])


async def test_another_postcode_finds_and_suggests_nothing(path: Path) -> None:
    match = await written(path, HEAD + ROWS).match(AddressQuery("Bergstraat", "2", None, "1000"))
    assert (match.found, match.suggestions) == (None, ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("street,box\n", "has no column address_id"),
        (HEAD + "1,Dorp,2,,9308,x,41002,4.0\n", "line 2 has no longitude and latitude"),
        (HEAD + "1,Dorp,2,,9308,x,41002,50.9,4.0\n", "line 2 lies outside Belgium"),
        (HEAD + ROWS + "1,,2,,9308,x,41002,4.0,50.9\n", "line 5 has an empty column"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line(path: Path, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        written(path, text)


def test_a_file_that_does_not_exist_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        AddressFile(path)


async def test_a_hundred_thousand_addresses_are_searched_by_street_and_not_one_by_one(path: Path) -> None:
    rows = (f"{n},Straat {n % 2000},{n // 2000},,9300,41002,4.03,50.93".split(",") for n in range(100_000))
    source = written(path, "\n".join([",".join(COLUMNS), *(",".join(row) for row in rows)]))
    found = (await source.match(AddressQuery("Straat 1999", "49", None, "9300"))).found
    assert found
    assert found.address_id == "99999"
