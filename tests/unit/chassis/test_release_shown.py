"""Each service and the command `buurtsein` print which release they belong to."""

from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from buurtsein_chassis.schema import release_of
from buurtsein_operate.cli import app
from buurtsein_reports.__main__ import main


def test_a_service_prints_its_release(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"{version('buurtsein-reports')}\n"


def test_the_command_of_the_operator_prints_its_release() -> None:
    shown = CliRunner().invoke(app, ["--version"])
    assert (shown.exit_code, shown.output) == (0, f"{version('buurtsein-operate')}\n")


def test_a_service_without_a_manifest_has_the_release_of_the_chassis() -> None:
    assert release_of("nobody") == version("buurtsein-chassis")
