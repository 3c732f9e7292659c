"""The command `buurtsein import reports` sends the rows of an export and shows results to a city officer."""

import csv
import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result
from unit.imports.exports import GOOD, HEADER, cells, written
from unit.imports.test_import_sending import Desk

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.cli import app
from buurtsein_operate.imports import command, results
from buurtsein_operate.imports.command import Bearer, Target

BAD = cells(nummer="M-2", categorie="PARANORMAAL")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Connect the command's HTTP client to a fake reports service in the test process."""
    answering, real = Desk(), httpx.AsyncClient

    def client(**options: Any) -> httpx.AsyncClient:
        return real(transport=httpx.MockTransport(answering), **options)

    monkeypatch.setattr(httpx, "AsyncClient", client)
    monkeypatch.setenv("BUURTSEIN_TOKEN", "t")
    return answering


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["import", "reports", str(path), "--url", "http://reports", *options])


def kept(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.mark.usefixtures("desk")
def test_refused_rows_are_shown_with_column_and_cell_and_stored_beside_the_file(tmp_path: Path) -> None:
    done = run(written(tmp_path, GOOD, BAD, GOOD))
    assert done.exit_code == 1
    assert "rij 3 M-2 refused:category_unknown (categorie B3: Kies een soort melding uit de lijst.)" in done.output
    assert "3 rijen: 1 accepted, 1 refused, 1 duplicate" in done.output
    errors_file = tmp_path / "export.errors.csv"
    assert errors_file.read_bytes().startswith(b"\xef\xbb\xbf")
    [row] = kept(errors_file)
    assert list(row) == [*HEADER.split(";"), "code", "uitleg"]
    assert ";".join(list(row.values())[:-2]) == BAD
    assert (row["code"], row["uitleg"][:12]) == ("category_unknown", "categorie B3")
    assert stat.S_IMODE(errors_file.stat().st_mode) == 0o600


@pytest.mark.usefixtures("desk")
def test_the_errors_file_is_corrected_in_a_spreadsheet_and_imported_as_it_is(tmp_path: Path) -> None:
    formula = cells(nummer="M-3", datum="31/02/2026", omschrijving='=HYPERLINK("http://kwaad.example")')
    broken = cells(nummer="M-4", omschrijving='"Tag "rood" hier"')
    assert run(written(tmp_path, GOOD, BAD, formula, broken)).exit_code == 1
    first = tmp_path / "export.errors.csv"
    assert "'=HYPERLINK" in first.read_text("utf-8-sig")
    rows = kept(first)
    rows[0]["categorie"], rows[1]["datum"] = "graffiti", "28/02/2026"
    corrected = tmp_path / "corrected.csv"
    with corrected.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    done = run(corrected, "--json")
    assert [row["outcome"] for row in json.loads(done.stdout)["rows"]] == ["accepted"] * 3
    assert not (tmp_path / "corrected.errors.csv").exists()


def test_the_errors_file_has_the_cells_as_they_were_typed(tmp_path: Path, desk: Desk) -> None:
    formula = cells(nummer="M-3", datum="31/02/2026", omschrijving="=1+1", straat="@dorp")
    run(written(tmp_path, formula))
    again = tmp_path / "export.errors.csv"
    again.write_text(again.read_text("utf-8-sig").replace("31/02/2026", "28/02/2026"), "utf-8-sig")
    assert run(again).exit_code == 0
    assert (desk.reports["M-3"]["text"], desk.reports["M-3"]["location"]["street"]) == ("=1+1", "@dorp")


@pytest.mark.usefixtures("desk")
def test_a_second_import_sends_nothing_and_deletes_the_errors_file(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    (tmp_path / "export.errors.csv").write_text("oud")
    first, second = run(path, "--json"), run(path, "--json")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert json.loads(first.stdout)["rows"] == [{"row": 2, "nummer": "M-1", "outcome": "accepted"}]
    assert json.loads(second.stdout)["summary"] == {"duplicate": 1}
    assert not (tmp_path / "export.errors.csv").exists()


@pytest.mark.usefixtures("desk")
def test_the_json_document_has_the_remarks_about_each_cell(tmp_path: Path) -> None:
    done = json.loads(run(written(tmp_path, cells(postcode="B-9300"), cells(nummer="M-2", uur="?")), "--json").stdout)
    assert done["complete"]
    assert [(remark["row"], remark["cell"], remark["code"]) for remark in done["remarks"]] == [
        (2, "H2", "cell_understood"),
        (3, "E3", "time_unreadable"),
    ]


@pytest.mark.usefixtures("desk")
def test_remarks_about_accepted_rows_do_not_hide_the_refusals(tmp_path: Path) -> None:
    rows = [cells(nummer=f"M-{n}", postcode="B-9300") for n in range(results.MOST_NOTES + 5)]
    lines = run(written(tmp_path, *rows)).output.splitlines()
    assert sum("gelezen als 9300" in line for line in lines) == results.MOST_NOTES
    assert "Nog 5 overgenomen rijen met een opmerking: zie --json" in lines


def test_a_dry_run_sends_nothing(tmp_path: Path, desk: Desk) -> None:
    path = written(tmp_path, GOOD, cells(nummer=""))
    done = run(path, "--dry-run")
    assert done.exit_code == 1
    assert "rij 3  refused:number_missing (nummer A3" in done.output
    assert not desk.reports
    assert not (tmp_path / "export.errors.csv").exists()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt the test process, because background jobs of a shell ignore SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_import_reports_its_results_and_can_be_repeated(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, BAD, *(cells(nummer=f"N-{n}") for n in range(600)))
    answer = desk.answer

    def interrupted_at_300(body: dict[str, Any]) -> httpx.Response:
        if len(desk.reports) == 300:
            os.kill(os.getpid(), signal.SIGINT)
        return answer(body)

    monkeypatch.setattr(desk, "answer", interrupted_at_300)
    first = run(path, "--json")
    assert first.exit_code == command.INTERRUPTED
    told = json.loads(first.stdout)
    assert not told["complete"]
    assert 0 < told["summary"]["accepted"] <= 301
    assert len(kept(tmp_path / "export.errors.csv")) == 1
    monkeypatch.setattr(desk, "answer", answer)
    second = json.loads(run(path, "--json").stdout)["summary"]
    assert second["accepted"] + second["duplicate"] == 600
    assert second["duplicate"] >= told["summary"]["accepted"]
    assert len(desk.reports) == 600


@pytest.mark.usefixtures("desk")
def test_without_a_terminal_the_progress_is_printed_as_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "SHOW_SECONDS", 0.0)
    done = run(written(tmp_path, GOOD, cells(nummer="M-2")))
    assert "1 van 2 meldingen, nog ongeveer 0:00:" in done.stderr


def test_address_and_token_are_those_of_the_running_stack_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUURTSEIN_HOME", str(tmp_path))
    monkeypatch.delenv("BUURTSEIN_TOKEN", raising=False)
    with pytest.raises(CommandError, match="start the stack"):
        command._target("reports", "city-officer", None, None)
    stack = {"services": {"reports": {"url": "http://here"}}, "tokens": {"city-officer": "local"}}
    (tmp_path / "stack.json").write_text(json.dumps(stack))
    assert command._target("reports", "city-officer", None, None) == Target("http://here", "local")


def test_a_token_file_is_used_before_the_environment_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUURTSEIN_TOKEN", "from-environment")
    path = tmp_path / "token"
    assert command._target("reports", "city-officer", "http://there", path) == Target("http://there", path)
    assert command._target("reports", "city-officer", "http://there", None) == Target(
        "http://there", "from-environment"
    )


def test_a_renewed_token_in_the_file_is_used(tmp_path: Path) -> None:
    path = tmp_path / "token"

    def header() -> str:
        request = httpx.Request("GET", "http://reports")
        next(Bearer(path).auth_flow(request))
        return request.headers["Authorization"]

    path.write_text("first\n")
    assert header() == "Bearer first"
    path.write_text("second")
    assert header() == "Bearer second"
