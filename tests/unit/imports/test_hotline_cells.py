"""The import of a hotline's export reads days, hours, coordinates and optional cells as people type them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.imports.exports import read_row

from buurtsein_kernel.spreadsheets import guarded, unguarded
from buurtsein_operate.sheets import Row

NOON = "2026-11-17T15:42:00+01:00"


def said(row: Row) -> list[tuple[str, str]]:
    remarks = (row.fault, *row.notes) if row.fault else row.notes
    return [(remark.code, remark.column) for remark in remarks]


@pytest.mark.parametrize(
    "day",
    [
        *("17/11/2026", "17-11-2026", "17.11.2026", "17/11/26", "17 11 2026", " 17/11/2026 ", "17\u201311\u20132026"),
        *("2026-11-17", "2026/11/17", "20261117", "17112026"),
        *("17 nov 2026", "17-nov-26", "17 november 2026", "di 17/11/2026", "dinsdag 17 november 2026", "17 NOV. 2026"),
        *("17/11/2026 00:00:00", "2026-11-17 00:00", "17/11/2026 15:42"),
    ],
)
def test_a_day_with_only_one_meaning_is_read(tmp_path: Path, day: str) -> None:
    assert read_row(tmp_path, datum=day).body["happened_from"] == NOON


def test_the_day_comes_before_the_month(tmp_path: Path) -> None:
    assert read_row(tmp_path, datum="1/3/26").body["happened_from"] == "2026-03-01T15:42:00+01:00"


@pytest.mark.parametrize(
    "day",
    [
        *("31/02/2026", "11/17/2026", "13/13/2026", "32/1/2026", "0/1/2026", "29/02/2026", "2026-17-11"),
        *("gisteren", "17", "17/11", "17/11/226", "17 nevember 2026", "46343", "17/11/2026 en 18/11/2026"),
        *("17/11/1899", "17/11/2026 10:00", "?"),
    ],
)
def test_a_day_that_cannot_be_read_is_reported_as_unreadable(tmp_path: Path, day: str) -> None:
    row = read_row(tmp_path, datum=day)
    assert said(row) == [("time_unreadable", "datum")]
    assert row.fault
    assert day[:40] in row.fault.text


@pytest.mark.parametrize(
    "hour",
    [
        *("15:42", "15u42", "15U42", "15h42", "15.42", "15,42", "15 u 42", "15:42u", "15:42 uur", "1542"),
        *("15:42:00", "15:42:00.000", "3:42 PM", "3.42pm", "15\u00a0u\u00a042", "\uff11\uff15:42"),
    ],
)
def test_an_hour_is_read_as_people_write_it(tmp_path: Path, hour: str) -> None:
    assert read_row(tmp_path, uur=hour).body["happened_from"] == NOON


@pytest.mark.parametrize(
    ("hour", "moment"),
    [
        ("24:00", "2026-11-18T00:00:00+01:00"),
        ("24u00", "2026-11-18T00:00:00+01:00"),
        ("0:00", "2026-11-17T00:00:00+01:00"),
        ("9u", "2026-11-17T09:00:00+01:00"),
        ("8u05", "2026-11-17T08:05:00+01:00"),
        ("12:30 am", "2026-11-17T00:30:00+01:00"),
        ("3pm", "2026-11-17T15:00:00+01:00"),
    ],
)
def test_midnight_and_short_hours(tmp_path: Path, hour: str, moment: str) -> None:
    assert read_row(tmp_path, uur=hour).body["happened_from"] == moment


@pytest.mark.parametrize(
    "hour",
    ["25:00", "24:01", "15:60", "15u6", "namiddag", "rond 15u", "15", "15:", "0,654", "15:42-16:00", "13pm", "-1:00"],
)
def test_an_hour_that_cannot_be_read_is_reported_as_unreadable(tmp_path: Path, hour: str) -> None:
    row = read_row(tmp_path, uur=hour)
    assert said(row) == [("time_unreadable", "uur")]


@pytest.mark.parametrize(("column", "other"), [("datum", "uur"), ("uur", "datum")])
def test_an_empty_day_or_hour_is_missing(tmp_path: Path, column: str, other: str) -> None:
    row = read_row(tmp_path, **{column: " "})
    assert said(row) == []
    assert "happened_from" not in row.body
    assert row.values[other]


def test_an_hour_that_the_clock_skipped_is_refused(tmp_path: Path) -> None:
    assert said(read_row(tmp_path, datum="29/03/2026", uur="02:30")) == [("time_nonexistent", "uur")]
    assert read_row(tmp_path, datum="29/03/2026", uur="03:00").body["happened_from"] == "2026-03-29T03:00:00+02:00"


def test_an_hour_that_exists_twice_is_read_as_the_later_one_with_a_remark(tmp_path: Path) -> None:
    row = read_row(tmp_path, datum="25/10/2026", uur="02:30")
    assert row.body["happened_from"] == "2026-10-25T02:30:00+01:00"
    assert said(row) == [("time_twice", "uur")]
    assert said(read_row(tmp_path, datum="25/10/2026", uur="03:00")) == []


def test_a_moment_with_an_offset_is_read_unchanged(tmp_path: Path) -> None:
    row = read_row(tmp_path, datum="2026-10-25T00:30:00Z", uur="")
    assert row.body["happened_from"] == "2026-10-25T00:30:00+00:00"


@pytest.mark.parametrize(
    ("cell", "column", "code"),
    [
        ("50936146", "lat", "latitude_invalid"),
        ("90,1", "lat", "latitude_invalid"),
        ("abc", "lat", "latitude_invalid"),
        ("nan", "lat", "latitude_invalid"),
        ("inf", "lat", "latitude_invalid"),
        ("1.234,5", "lat", "latitude_invalid"),
        ("5_0", "lat", "latitude_invalid"),
        ("4067202", "lon", "longitude_invalid"),
        ("180,5", "lon", "longitude_invalid"),
    ],
)
def test_a_cell_that_is_no_coordinate_is_refused(tmp_path: Path, cell: str, column: str, code: str) -> None:
    row = read_row(tmp_path, **{column: cell})
    assert said(row) == [(code, column)]
    assert row.fault
    assert ("breedtegraad" if column == "lat" else "lengtegraad") in row.fault.text


def test_an_empty_coordinate_is_missing(tmp_path: Path) -> None:
    row = read_row(tmp_path, lat="")
    assert row.fault is None
    assert "latitude" not in row.body["location"]


@pytest.mark.parametrize("cell", ["B-9300", "BE-9300", "b 9300", "9300 Aalst", "9300,0"])
def test_a_postcode_with_extra_text_is_read_with_a_remark(tmp_path: Path, cell: str) -> None:
    row = read_row(tmp_path, postcode=cell)
    assert row.body["location"]["postcode"] == "9300"
    assert said(row) == [("cell_understood", "postcode")]


@pytest.mark.parametrize(
    ("column", "cell", "part", "member"),
    [
        ("email_melder", "geen", "contact", "email"),
        ("email_melder", "n.v.t.", "contact", "email"),
        ("email_melder", "piet@", "contact", "email"),
        ("email_melder", f"{'p' * 250}@x.be", "contact", "email"),
        ("postcode", "onbekend", "location", "postcode"),
        ("postcode", "93000", "location", "postcode"),
    ],
)
def test_an_optional_cell_that_cannot_be_read_is_left_out_with_a_remark(
    tmp_path: Path, column: str, cell: str, part: str, member: str
) -> None:
    row = read_row(tmp_path, **{column: cell})
    assert row.fault is None
    assert member not in row.body[part]
    assert said(row) == [("cell_left_out", column)]


def test_a_remark_does_not_repeat_an_email_address(tmp_path: Path) -> None:
    [note] = read_row(tmp_path, email_melder="piet @voorbeeld.be").notes
    assert "piet" not in note.text


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://x")', "+32 53 00 00 00", "-4,05", "@x", "\t=1", "'=1", " =1", "\uff1d1"]
)
def test_a_formula_cell_is_written_safely_and_read_back(cell: str) -> None:
    assert guarded(cell).startswith("'")
    assert unguarded(guarded(cell)) == cell


@given(st.text())
def test_every_cell_is_read_back_unchanged(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


def test_a_dutch_word_that_begins_with_an_apostrophe_keeps_it() -> None:
    assert guarded("'s nachts") == unguarded("'s nachts") == "'s nachts"
