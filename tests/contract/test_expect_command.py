"""`expect` and `can-i-deploy` as a consumer's own team uses them, in a folder of its own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from buurtsein_contracts.cli import app
from buurtsein_contracts.cli.said import WrongUse


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_without_files_expectations_are_those_of_the_folder_it_runs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("expect", "init", "pz-test", "desk", "--type", "AlertSent").exit_code == 0
    assert run("expect", "check").stdout == "1 hold\n"
    path = tmp_path / "consumers" / "pz-test" / "desk.yaml"
    path.write_text(path.read_text().replace("- adapter", "- colour"))
    assert run("expect", "check").exit_code == 1


@pytest.mark.parametrize("arguments", [[], ["--consumers", "consumers"], ["--json"]])
@pytest.mark.parametrize("empty", [True, False])
def test_nothing_to_check_is_wrong_use_and_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], empty: bool
) -> None:
    """As with the installed package, which has no expectations of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("buurtsein_contracts.cli.proving.CONSUMERS", tmp_path / "site-packages" / "consumers")
    if empty:
        (tmp_path / "consumers").mkdir()
    result = run("expect", "check", *arguments)
    assert isinstance(result.exception, WrongUse)
    assert str(result.exception).startswith("no <organisation>/<consumer>.yaml in consumers/: name the files")


def test_the_consumers_own_command_speaks_to_the_consumer(tmp_path: Path) -> None:
    path = tmp_path / "pz-test" / "desk.yaml"
    run("expect", "init", "pz-test", "desk", "--type", "IncidentReported", "--consumers", str(tmp_path))
    path.write_text(path.read_text().replace("[sluikstort,", "[drone,"))
    said = run("expect", "check", str(path)).stdout
    assert "drone is not a value of category in 1.0.0: the catalogue has sluikstort, zwerfvuil" in said
    assert "take it out" in said
    deploying = run("can-i-deploy", "pz-test/desk", "--consumers", str(tmp_path))
    assert (deploying.exit_code, "drone is not a value of" in deploying.stdout) == (1, True)
    for ours in (
        run("check", "--consumers", str(tmp_path)),
        run("can-i-deploy", "reports", "--consumers", str(tmp_path)),
    ):
        assert "drone is no longer sent" in ours.stdout
        assert "agree with this consumer first" in ours.stdout


def test_an_expectation_is_begun_checked_and_exported(tmp_path: Path) -> None:
    made = run("expect", "init", "pz-test", "desk", "--type", "AlertSent", "--consumers", str(tmp_path))
    path = tmp_path / "pz-test" / "desk.yaml"
    assert (made.exit_code, path.exists()) == (0, True)
    assert run("expect", "check", str(path)).exit_code == 0
    path.write_text(path.read_text().replace("- adapter", "- colour"))
    broken = run("expect", "check", str(path))
    assert broken.exit_code == 1
    assert f"{path}:" in broken.stdout
    path.write_text(path.read_text().replace("- colour", "- adapter"))
    assert run("expect", "export", str(path), "--to", str(tmp_path / "pacts")).exit_code == 0
    assert run("expect", "check", str(tmp_path / "pacts" / "desk-notifier.json")).exit_code == 0
