"""Tests the commands `expect` and `can-i-deploy` as a consumer's team uses them in its own folder."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from buurtsein_contracts.cli import app
from buurtsein_contracts.cli.output import WrongUse


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
def test_a_check_without_files_exits_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], empty: bool
) -> None:
    """The installed package contains no expectation files, so that the command has nothing to check."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("buurtsein_contracts.cli.proving.CONSUMERS", tmp_path / "site-packages" / "consumers")
    if empty:
        (tmp_path / "consumers").mkdir()
    result = run("expect", "check", *arguments)
    assert isinstance(result.exception, WrongUse)
    assert str(result.exception).startswith("no <organisation>/<consumer>.yaml in consumers/: name the files")


def test_the_messages_of_expect_check_address_the_consumer(tmp_path: Path) -> None:
    path = tmp_path / "pz-test" / "desk.yaml"
    run("expect", "init", "pz-test", "desk", "--type", "IncidentReported", "--consumers", str(tmp_path))
    path.write_text(path.read_text().replace("[sluikstort,", "[drone,"))
    said = run("expect", "check", str(path)).stdout
    assert "drone is not a value of category in 1.0.0: the catalogue has sluikstort, zwerfvuil" in said
    assert "remove it" in said
    deploying = run("can-i-deploy", "pz-test/desk", "--consumers", str(tmp_path))
    assert (deploying.exit_code, "drone is not a value of" in deploying.stdout) == (1, True)
    for ours in (
        run("check", "--consumers", str(tmp_path)),
        run("can-i-deploy", "reports", "--consumers", str(tmp_path)),
    ):
        assert "drone is no longer sent" in ours.stdout
        assert "agree with this consumer first" in ours.stdout


def test_an_expectation_can_be_started_checked_and_exported(tmp_path: Path) -> None:
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


def written(tmp_path: Path, expects: str, head: str = "") -> Path:
    path = tmp_path / "pz-test" / "desk.yaml"
    path.parent.mkdir(exist_ok=True)
    principal = head or "principal: police-backoffice\naudience: police"
    path.write_text(
        f"organisation: pz-test\nconsumer: desk\ncontact: the desk\n{principal}\nexpects:\n"
        f"  - type: {expects.strip()}\n"
    )
    return path


def test_names_as_people_write_them_give_a_valid_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = run("expect", "init", "PZ Gent", "Back Office (Één)", "--type", "AlertSent")
    assert made.exit_code == 0
    assert "consumers/pz-gent/back-office-een.yaml" in made.stdout
    assert run("expect", "check").stdout == "1 hold\n"
    assert isinstance(run("expect", "init", "1", "!", "--type", "AlertSent").exception, WrongUse)


@pytest.mark.parametrize(
    ("principal", "code"),
    [
        ("principal: pz-gent.meldkamer\naudience: police", 0),
        ("principal: pz-gent.meldkamer\naudience: city", 1),
        ("principal: pz-gent.meldkamer", 1),
    ],
)
def test_an_outside_kafka_user_reads_the_topics_of_its_audience(tmp_path: Path, principal: str, code: int) -> None:
    path = written(tmp_path, "be.bin.alert.sent.v1\n    fields: [alert_id]", principal)
    assert run("expect", "check", str(path)).exit_code == code


DECIDED = "be.bin.funding.decided.v1\n    fields: [application_id]\n"
CITY = "principal: city-backoffice\naudience: city"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("    when:\n      granted_cents:\n        decision: [GRANTED]", ""),
        ("    when:\n      granted_cents:\n        decision: [GRANTED, REJECTED]", "does not promise it"),
        ("    when:\n      reasons:\n        decision: [GRANTED]", "does not promise it"),
        ("    headers: [ce_id, ce_sequence, content-type]\n    optional_headers: [ce_correlationid]", ""),
        ("    headers: [ce_correlationid]", "the header ce_correlationid, which may be absent"),
        ("    headers: [ce_colour]", "the header ce_colour, which no record has"),
        ("    optional_headers: [ce_colour]", "the header ce_colour, which no record has"),
        ("    retention_days: for ever", ""),
    ],
)
def test_conditional_fields_headers_and_for_ever_are_proved(tmp_path: Path, more: str, says: str) -> None:
    result = run("expect", "check", str(written(tmp_path, DECIDED + more, CITY)))
    assert (result.exit_code, says in result.stdout) == (1 if says else 0, True)


def test_for_ever_is_refused_for_a_topic_with_a_retention(tmp_path: Path) -> None:
    path = written(tmp_path, "be.bin.alert.sent.v1\n    fields: [alert_id]\n    retention_days: for ever")
    assert "needs for ever of bin.alerts, which keeps 365" in run("expect", "check", str(path)).stdout
