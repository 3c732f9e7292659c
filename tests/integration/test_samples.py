"""The samples of configuration in the documentation work as they are written."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from unit.registry import registry_settings

from buurtsein_operate.kubernetes.secrets import secret_fields
from buurtsein_reports.manifest import MANIFEST
from buurtsein_reports.settings import Settings
from harness import tools

DOCS = Path(__file__).parents[2] / "docs"
DSN = "postgresql://user:word@host/name?sslmode=verify-full&sslrootcert=/etc/ssl/ca.crt"


def sample(page: str, first: str, last: str) -> str:
    """Return the indented text of a page from the line that begins with `first` to the line that begins with `last`."""
    pattern = rf"^    {re.escape(first)}.*?^ +{re.escape(last)}[^\n]*\n"
    found = re.search(pattern, (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no sample from {first} to {last}"
    return textwrap.dedent(found.group())


def complaints(*argv: str) -> str:
    """Run a command that checks a file; return what it prints to stderr, and its exit status unless that is 0."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stderr + (f"exit status {done.returncode}" if done.returncode else "")


@tools.needs("balancer")
def test_haproxy_takes_the_sample_of_its_configuration(tmp_path: Path) -> None:
    program = tools.balancer()
    good, wrong = tmp_path / "haproxy.cfg", tmp_path / "wrong.cfg"
    good.write_text(sample("upgrading.md", "defaults", "server two"))
    wrong.write_text(good.read_text().replace("option httpchk", "option httpcheck"))
    assert complaints(program, "-c", "-f", str(good)) == ""
    assert "httpcheck" in complaints(program, "-c", "-f", str(wrong))


@tools.needs("systemd")
def test_systemd_takes_the_sample_of_a_unit(tmp_path: Path) -> None:
    program = tools.systemd_analyze()
    unit = tmp_path / "buurtsein-reports@.service"
    text = sample("upgrading.md", "[Unit]", "WantedBy").replace("/opt/buurtsein/reports/bin/python", sys.executable)
    unit.write_text(text)
    assert complaints(program, "verify", str(unit)) == ""
    unit.write_text(text.replace("TimeoutStopSec", "TimeoutStop"))
    assert "Unknown key" in complaints(program, "verify", str(unit))


def test_the_sample_of_a_settings_file_is_enough_to_start_in_production(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    area = registry_settings.GOOD["municipality_area"]
    for line in sample("installing.md", "BUURTSEIN_SECRETS_DIR", "REPORTS_MUNICIPALITY_AREA").splitlines():
        name, _, value = line.partition("=")
        assert name == "BUURTSEIN_SECRETS_DIR" or name.removeprefix("REPORTS_").lower() in Settings.model_fields
        monkeypatch.setenv(name, value.replace("/etc/buurtsein/area.geojson", str(area)))
    monkeypatch.setenv("BUURTSEIN_SECRETS_DIR", str(tmp_path))
    given: dict[str, Any] = {
        name: SecretStr(DSN if name.startswith("database_") else "x" * 43) for name in secret_fields(MANIFEST)
    }
    assert Settings(**given).profile == "production"
