"""Importing a hotline export: reading the file, sending the rows, telling what became of them."""

import asyncio
import csv
import json
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from buurtsein_chassis.backoff import Backoff
from buurtsein_deploy import imports
from buurtsein_deploy.cli import app
from buurtsein_deploy.errors import StackError
from buurtsein_deploy.hotline import Row, read
from buurtsein_deploy.installation import SHIPPED

HEADER = "nummer;categorie;omschrijving;datum;uur;straat;huisnummer;postcode;deelgemeente;lat;lon;email_melder"
GOOD = "M-1;graffiti;Tag op de muur;17/11/2026;15:42;Dorp;100;9300;Aalst;50,936146;4.067202;piet@voorbeeld.be"


def written(tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
    return path


def test_a_row_becomes_a_report_with_time_and_place(tmp_path: Path) -> None:
    [row] = read(written(tmp_path, GOOD)).rows
    assert (row.line, row.number, row.fault) == (2, "M-1", None)
    assert row.report == {
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


def test_the_export_that_is_shipped_is_read_whole() -> None:
    export = read(SHIPPED / "aalst" / "hotline-export.csv")
    with (SHIPPED / "aalst" / "hotline-export.expected.csv").open() as file:
        expected = [(int(row["row"]), row["nummer"]) for row in csv.DictReader(file)]
    assert [(row.line, row.number) for row in export.rows] == expected
    by_line = {row.line: row.report for row in export.rows}
    assert "happened_from" not in by_line[113], "31 February"
    assert "latitude" not in by_line[54]["location"]
    assert by_line[63]["location"]["latitude"] == 0


def test_columns_may_stand_in_another_order_and_letter_case(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "4.05;50.93;8:05;1/6/2026;Lawaai;GRAFFITI;M-2",
        header="LON;Lat;uur;datum;Omschrijving;categorie;nummer",
    )
    [row] = read(path).rows
    assert row.report["happened_from"] == "2026-06-01T08:05:00+02:00"
    assert row.report["location"] == {"latitude": 50.93, "longitude": 4.05}
    assert row.report["contact"] == {}


def test_windows_text_and_quoted_cells_are_read(tmp_path: Path) -> None:
    quoted = 'M-1;graffiti;"Café; ""twee""\r\nregels";17/11/2026;15:42;;;;;50.9;4.0;'
    rows = read(written(tmp_path, quoted, "", GOOD.replace("M-1", "M-2"), encoding="cp1252")).rows
    assert rows[0].report["text"] == 'Café; "twee"\r\nregels'
    assert [row.line for row in rows] == [2, 5]


@pytest.mark.parametrize("cell", ["abc", "nan", "inf", "1.234,5", ""])
def test_a_coordinate_that_is_no_number_is_left_out(tmp_path: Path, cell: str) -> None:
    [row] = read(written(tmp_path, GOOD.replace("50,936146", cell))).rows
    assert "latitude" not in row.report["location"]


def test_a_row_without_number_or_with_too_many_cells_is_not_sent(tmp_path: Path) -> None:
    rows = read(written(tmp_path, GOOD.replace("M-1", ""), GOOD + ";nog;iets")).rows
    assert [row.fault for row in rows] == ["number_missing", "row_malformed"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "leeg"),
        (b"\n\n", "leeg"),
        (HEADER.encode(), "geen enkele melding"),
        (b"nummer,categorie\n1,2\n", "mist de kolommen"),
        (HEADER.replace("lat;", "").encode() + b"\n1", "lat"),
        (b"PK\x03\x04\x00\x00", "geen tekst"),
        (HEADER.encode() + b'\nM-1;"open', "geen geldig csv"),
    ],
)
def test_a_file_that_is_no_export_stops_with_one_sentence(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(StackError, match=word):
        read(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="kan niet gelezen worden"):
        read(tmp_path / "weg.csv")


class Desk:
    """Behaves as the reports service does: one acceptance for each key and body."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.seen: set[str] = set()
        self.at_work = self.most = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        await asyncio.sleep(0)
        self.at_work -= 1
        return self.answer(request)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if b"PARANORMAAL" in request.content:
            return httpx.Response(422, json={"code": "category_unknown"})
        key = request.headers["Idempotency-Key"]
        if self.bodies.setdefault(key, request.content) != request.content:
            return httpx.Response(422, json={"code": "idempotency_key_reused"})
        replayed = {"Idempotent-Replayed": "true"} if key in self.seen else {}
        self.seen.add(key)
        return httpx.Response(201, json={}, headers=replayed)


async def sent(rows: list[Row], answers: Any) -> list[str]:
    transport = httpx.MockTransport(answers)
    async with httpx.AsyncClient(transport=transport, base_url="http://reports") as client:
        return [outcome.result async for outcome in imports.send_all(rows, client)]


def rows_of(*numbers: str) -> list[Row]:
    return [Row(line, number, [number], {"text": "x"}) for line, number in enumerate(numbers, 2)]


async def test_the_second_row_with_a_number_is_a_duplicate_and_order_is_the_files() -> None:
    desk = Desk()
    numbers = [str(n % 20) for n in range(60)]
    assert await sent(rows_of(*numbers), desk) == ["accepted"] * 20 + ["duplicate"] * 40
    assert 1 < desk.most <= imports.AT_ONCE


async def test_a_changed_row_with_a_known_number_is_refused() -> None:
    rows = [Row(2, "M-1", [], {"text": "a"}), Row(3, "M-1", [], {"text": "b"})]
    assert await sent(rows, Desk()) == ["accepted", "refused:idempotency_key_reused"]


async def test_a_number_with_strange_characters_still_makes_a_header() -> None:
    assert await sent(rows_of("é\u20ac 1/2"), Desk()) == ["accepted"]


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backoff, "next", lambda _: 0)


@pytest.mark.usefixtures("_no_waiting")
async def test_what_passes_is_tried_again() -> None:
    answers = iter([503, 429, None, 201])

    def busy(request: httpx.Request) -> httpx.Response:
        status = next(answers)
        if status is None:
            raise httpx.ConnectError("away", request=request)
        return httpx.Response(status)

    assert await sent(rows_of("1"), busy) == ["accepted"]


@pytest.mark.usefixtures("_no_waiting")
@pytest.mark.parametrize(("answer", "result"), [(503, "failed:503"), (None, "failed:ConnectError")])
async def test_what_does_not_pass_fails_after_a_few_times(answer: int | None, result: str) -> None:
    asked = []

    def down(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if answer is None:
            raise httpx.ConnectError("away", request=request)
        return httpx.Response(answer)

    assert await sent(rows_of("1"), down) == [result]
    assert len(asked) == imports.ATTEMPTS


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_without_the_right_to_import_it_stops(status: int) -> None:
    with pytest.raises(StackError, match=str(status)):
        await sent(rows_of("1", "2"), lambda _: httpx.Response(status, json={"code": "x"}))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The command's client ends at a desk in this process."""
    answering, real = Desk(), httpx.AsyncClient

    def client(**options: Any) -> httpx.AsyncClient:
        return real(transport=httpx.MockTransport(answering), **options)

    monkeypatch.setattr(httpx, "AsyncClient", client)
    monkeypatch.setenv("BUURTSEIN_TOKEN", "t")
    return answering


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["import", "reports", str(path), "--url", "http://reports", *options])


@pytest.mark.usefixtures("desk")
def test_refused_rows_are_told_and_kept_beside_the_file(tmp_path: Path) -> None:
    bad = GOOD.replace("M-1", "M-2").replace("graffiti", "PARANORMAAL")
    path = written(tmp_path, GOOD, bad, GOOD)
    done = run(path)
    assert done.exit_code == 1
    assert "rij 3 M-2 refused:category_unknown" in done.output
    assert "3 rijen: 1 accepted, 1 refused, 1 duplicate" in done.output
    kept = tmp_path / "export.errors.csv"
    assert kept.read_text("utf-8-sig").splitlines() == [f"{HEADER};code", f"{bad};category_unknown"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.usefixtures("desk")
def test_a_second_import_takes_nothing_and_clears_the_errors(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    (tmp_path / "export.errors.csv").write_text("oud")
    first, second = run(path, "--json"), run(path, "--json")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert json.loads(first.stdout)["rows"] == [{"row": 2, "nummer": "M-1", "outcome": "accepted"}]
    assert json.loads(second.stdout)["summary"] == {"duplicate": 1}
    assert not (tmp_path / "export.errors.csv").exists()


def test_a_dry_run_sends_nothing(tmp_path: Path, desk: Desk) -> None:
    path = written(tmp_path, GOOD, GOOD.replace("M-1", ""))
    done = run(path, "--dry-run")
    assert done.exit_code == 1
    assert "rij 3  refused:number_missing" in done.output
    assert not desk.seen
    assert not (tmp_path / "export.errors.csv").exists()


def test_service_and_token_are_those_of_the_running_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUURTSEIN_HOME", str(tmp_path))
    monkeypatch.delenv("BUURTSEIN_TOKEN", raising=False)
    with pytest.raises(StackError, match="start the stack"):
        imports._target(None, None)
    stack = {"services": {"reports": {"url": "http://here"}}, "tokens": {"city-officer": "local"}}
    (tmp_path / "stack.json").write_text(json.dumps(stack))
    assert imports._target(None, None) == imports.Target("http://here", "local")


def test_a_token_file_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUURTSEIN_TOKEN", "from-environment")
    path = tmp_path / "token"
    path.write_text("from-file\n")
    assert imports._target("http://there", path) == imports.Target("http://there", "from-file")
    assert imports._target("http://there", None) == imports.Target("http://there", "from-environment")
