"""The import reads export files that were made or damaged by spreadsheets, other systems or people."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.imports.exports import GOOD, HEADER, NAMES, cells, read_row, rows_in, written

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.hotline import read
from buurtsein_stack.installation import SHIPPED


def faults(path: Path) -> list[tuple[int, str | None]]:
    return [(row.line, row.fault.code if row.fault else None) for row in rows_in(path)]


def test_a_row_becomes_a_report_with_time_and_place(tmp_path: Path) -> None:
    [row] = rows_in(written(tmp_path, GOOD))
    assert (row.line, row.number, row.fault, row.notes) == (2, "M-1", None, ())
    assert row.body == {
        "channel": "hotline",
        "category": "graffiti",
        "text": "Tag op de muur",
        "happened_from": "2026-11-17T15:42:00+01:00",
        "location": {
            "latitude": 50.936146,
            "longitude": 4.067202,
            "postcode": "9300",
            "street": "Dorp",
            "house_number": "100",
        },
        "contact": {"email": "piet@voorbeeld.be"},
    }


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, {"street": "Dorp", "house_number": "100", "postcode": "9300"}),
        (
            {"huisnummer": "", "deelgemeente": "Hofstade"},
            {"street": "Dorp", "postcode": "9300", "description": "Dorp", "neighbourhood": "Hofstade"},
        ),
    ],
)
def test_a_row_without_coordinates_has_its_address_or_a_street_in_a_submunicipality(
    tmp_path: Path, changes: dict[str, str], place: dict[str, str]
) -> None:
    row = read_row(tmp_path, lat="", lon="", **changes)
    assert row.body["location"] == place


def test_the_shipped_export_is_read_completely() -> None:
    rows = rows_in(SHIPPED / "aalst" / "hotline-export.csv")
    with (SHIPPED / "aalst" / "hotline-export.expected.csv").open() as file:
        expected = [(int(row["row"]), row["nummer"], row["outcome"]) for row in csv.DictReader(file)]
    assert [(row.line, row.number) for row in rows] == [(line, number) for line, number, _ in expected]
    unreadable = [f"refused:{row.fault.code}" for row in rows if row.fault]
    assert unreadable == [outcome for *_, outcome in expected if "unreadable" in outcome]
    by_line = {row.line: row.body for row in rows}
    assert "latitude" not in by_line[54]["location"]
    assert by_line[63]["location"]["latitude"] == 0


def test_columns_may_stand_in_another_order_and_letter_case(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "4.05;50.93;8:05;1/6/2026;Lawaai;GRAFFITI;M-2",
        header="LON;Lat;uur;datum;Omschrijving;categorie;nummer",
    )
    [row] = rows_in(path)
    assert row.body["happened_from"] == "2026-06-01T08:05:00+02:00"
    assert row.body["location"] == {"latitude": 50.93, "longitude": 4.05}
    assert row.body["contact"] == {}


def test_windows_text_and_quoted_cells_are_read(tmp_path: Path) -> None:
    quoted = 'M-1;graffiti;"Café; ""twee""\r\nregels";17/11/2026;15:42;;;;;50.9;4.0;'
    rows = rows_in(written(tmp_path, quoted, "", cells(nummer="M-2"), encoding="cp1252"))
    assert rows[0].body["text"] == 'Café; "twee"\r\nregels'
    assert [row.line for row in rows] == [2, 5]


def test_a_windows_byte_in_a_utf_8_file_changes_no_other_letter(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(
        f"{HEADER}\n{cells(omschrijving='Café ')}".encode().replace(b"Caf\xc3\xa9 ", b"Caf\xc3\xa9 bij Ren\xe9")
    )
    assert rows_in(path)[0].body["text"] == "Café bij René"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_encoding_and_delimiter_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = cells(omschrijving="Hondenpoep in de café's")
    path = written(tmp_path, text.replace(";", delimiter), header=HEADER.replace(";", delimiter), encoding=encoding)
    assert rows_in(path)[0].body["text"] == "Hondenpoep in de café's"


def test_a_file_with_commas_is_read_and_a_loose_decimal_comma_in_it_is_too_many_cells(tmp_path: Path) -> None:
    with_point = cells(lat="50.936146").replace(";", ",")
    quoted = with_point.replace("50.936146", '"50,936146"').replace("M-1", "M-2")
    loose = quoted.replace('"', "").replace("M-2", "M-3")
    rows = rows_in(written(tmp_path, with_point, quoted, loose, header=HEADER.replace(";", ",")))
    assert [row.body["location"]["latitude"] for row in rows[:2]] == [50.936146, 50.936146]
    assert rows[2].fault
    assert rows[2].fault.code == "row_malformed"


@pytest.mark.parametrize("said", ["sep=;", '"sep=;"', "SEP=;", "sep=,"])
def test_a_line_that_names_the_separator_is_not_the_header(tmp_path: Path, said: str) -> None:
    delimiter = "," if "," in said else ";"
    path = written(tmp_path, HEADER.replace(";", delimiter), cells(lat="50.9").replace(";", delimiter), header=said)
    assert faults(path) == [(3, None)]


def test_extra_empty_cells_are_ignored(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD + ";;;", ";;;;", " ; ", GOOD + "; ;")
    assert faults(path) == [(2, None), (5, None)]


def test_a_row_without_number_or_with_too_many_cells_is_not_sent(tmp_path: Path) -> None:
    rows = rows_in(written(tmp_path, cells(nummer=""), GOOD + ";nog;iets"))
    assert [row.fault and row.fault.code for row in rows] == ["number_missing", "row_malformed"]


def test_a_row_may_leave_out_empty_cells_at_its_end(tmp_path: Path) -> None:
    assert faults(written(tmp_path, GOOD.rpartition(";")[0])) == [(2, None)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('M-2;graffiti;"Tag op de muur;17/11/2026;15:42;Dorp;100;9300;Aalst;50,9;4.0;', "niet gesloten"),
        ('M-2;graffiti;"Tag "rood" op de muur";17/11/2026;15:42;Dorp;100;9300;Aalst;50,9;4.0;', "midden in een cel"),
        ('M-2;graffiti;"Tag\r\nmet meer\r\nregels;17/11/2026;15:42;Dorp;100;9300;Aalst;50,9;4.0;', "niet gesloten"),
    ],
)
def test_a_stray_quote_refuses_only_its_own_row(tmp_path: Path, bad: str, reason: str) -> None:
    quoted = cells(nummer="M-4", omschrijving='"zei ""stop"";\r\nen liep weg"')
    path = written(tmp_path, GOOD, bad, cells(nummer="M-3"), quoted, cells(nummer="M-5"))
    rows = rows_in(path)
    assert [(row.number, row.fault is None) for row in rows] == [
        ("M-1", True),
        ("M-2", False),
        ("M-3", True),
        ("M-4", True),
        ("M-5", True),
    ]
    assert rows[1].fault
    assert (rows[1].fault.code, rows[1].fault.column) == ("row_malformed", "omschrijving")
    assert reason in rows[1].fault.text
    assert rows[1].line == 3
    assert rows[3].body["text"] == 'zei "stop";\r\nen liep weg'


def test_two_stray_quotes_do_not_swallow_the_rows_between(tmp_path: Path) -> None:
    opening, closing = cells(nummer="M-2", omschrijving='"open'), cells(nummer="M-4", omschrijving='dicht"')
    numbers = {row.number: row.fault is None for row in rows_in(written(tmp_path, opening, GOOD, closing))}
    assert numbers == {"M-2": False, "M-1": True, "M-4": True}


def test_text_of_several_lines_is_read_in_the_first_column(tmp_path: Path) -> None:
    header = "omschrijving;nummer;categorie;datum;uur;lat;lon"
    [row] = rows_in(written(tmp_path, '"een\r\ntwee";M-1;graffiti;17/11/2026;15:42;50,9;4,0', header=header))
    assert (row.fault, row.body["text"]) == (None, "een\r\ntwee")


def test_a_quote_in_the_middle_of_a_plain_cell_is_a_character(tmp_path: Path) -> None:
    [row] = rows_in(written(tmp_path, cells(omschrijving='Tag "rood" op 5" hoogte')))
    assert row.body["text"] == 'Tag "rood" op 5" hoogte'


def test_a_cell_is_named_as_the_spreadsheet_shows_it(tmp_path: Path) -> None:
    quoted = cells(omschrijving='"een\r\ntwee"')
    export = read(written(tmp_path, quoted, "", cells(nummer="M-2")))
    rows = list(export.rows())
    assert [row.line for row in rows] == [2, 5]
    assert [export.cell(row, "uur") for row in rows] == ["E2", "E4"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "leeg"),
        (b"\n\n", "leeg"),
        (b"sep=;\n", "leeg"),
        (HEADER.encode(), "geen enkele rij"),
        (b"nummer,categorie\n1,2\n", "mist de kolommen"),
        (HEADER.replace("lat;", "").encode() + b"\n1", "lat"),
        (HEADER.replace("straat", "Lat").encode() + b"\n1", "meer dan een kolom lat"),
        (b"PK\x03\x04\x00\x00", "bewaar ze als csv"),
        ("nummer;categorie".encode("utf-16-le"), "geen tekst"),
        (b"x" * 300_000, "tekens"),
    ],
)
def test_a_file_that_is_no_export_stops_with_one_sentence(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=word):
        read(path)


def test_a_missing_export_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="kan niet gelezen worden"):
        read(tmp_path / "weg.csv")


@given(content=st.binary(max_size=400))
def test_any_text_after_the_header_gives_rows_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "export.csv"
    path.write_bytes(HEADER.encode() + b"\n" + content)
    try:
        rows = rows_in(path)
    except CommandError:
        return
    assert all(row.fault or row.number for row in rows)


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.booleans()), max_size=6))
def test_rows_that_a_spreadsheet_wrote_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, bool]]
) -> None:
    path = tmp_path_factory.mktemp("sheet") / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(NAMES)
        for number, (text, long) in enumerate(texts):
            cell = f"x{text}\r\ny" if long else f"x{text}"
            writer.writerow([f"M-{number}", "graffiti", cell, "17/11/2026", "15:42", "", "", "", "", "50,9", "4,0", ""])
    found = rows_in(path) if texts else []
    assert [row.fault for row in found] == [None] * len(texts)
    wanted = [f"x{text}\r\ny".strip() if long else f"x{text}".strip() for text, long in texts]
    assert [row.body["text"] for row in found] == wanted
