"""Every command on the runbook pages for alarms runs on a healthy stack: programs, options and tables exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
import yaml

from buurtsein_chassis.manifest import manifests
from harness.operating import sql
from harness.town import Town

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
RULES = yaml.safe_load((ROOT / "deploy" / "monitoring" / "alerts.yml").read_text())["groups"]
PAGES = sorted({ROOT / rule["annotations"]["runbook"] for group in RULES for rule in group["rules"]})
"""The pages of the alarms; the page about restores is rehearsed by `make rehearse-restore`."""
BLOCK = re.compile(r"^```(sh|sql)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_THERE = ("dead_letter_unknown", "nothing waits")
"""What is answered about a record or stream of a page that this stack does not have."""


def lines(page: Path, language: str) -> list[str]:
    """Return the shell commands (`sh`) or SQL statements (`sql`) in a page's code blocks, without comments."""
    text = "\n".join(block for kind, block in BLOCK.findall(page.read_text()) if kind == language)
    if language == "sql":
        return [one.strip() for one in re.sub(r"--.*", "", text).split(";") if one.strip()]
    commands = text.replace("\\\n", " ").splitlines()
    return [line for line in commands if line and not line.startswith("#")]


@pytest.fixture
def town(operated: Town) -> Town:
    return operated


def filled_in(line: str, town: Town) -> str:
    """Return a command in which values of this stack replace the placeholders in capitals."""
    registry, notifier = (town.manifest["services"][name]["url"] for name in ("registry", "notifier"))
    values = {
        "FINGERPRINT": "0" * 16,
        "ALERT_ID": "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8091",
        "NOTIFIER": notifier,
        "THE-ETAG": "0",
        "ETAG": r"\"0\"",
        "REFERENCE": "BA-1",
        "TOPIC": "bin.networks",
        "PORT": registry.rpartition(":")[2],
        "KEY": "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8091",
        "PID": "0",
    }
    for word, value in values.items():
        line = re.sub(rf"\b{word}\b", lambda _, value=value: value, line)  # type: ignore[misc]
    return line


def typed(line: str, town: Town, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell, with the settings of the service that it starts, or else of the stack."""
    service = next((one.name for one in manifests().values() if f"python -m {one.package} " in line), None)
    own = town.manifest["services"][service]["environment"] if service else {}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | own | {"BUURTSEIN_HOME": str(town.stack.home.path), "PATH": path}
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env=env, capture_output=True, text=True, timeout=100, check=False
    )


def wrong(done: subprocess.CompletedProcess[str]) -> bool:
    """Return whether a command could not run; exit status 1 is no failure, because it may report findings."""
    said = done.stdout + done.stderr
    return done.returncode not in {0, 1} and not any(words in said for words in NOT_THERE)


@pytest.mark.parametrize("page", [page for page in PAGES if lines(page, "sh")], ids=lambda page: page.stem)
def test_each_command_of_a_page_runs(town: Town, tmp_path: Path, page: Path) -> None:
    token = town.token("korpschef" if page.stem == "deliveries-held" else "officer")
    (tmp_path / "authorization").write_text(f"Authorization: Bearer {token}\n")
    for line in lines(page, "sh"):
        done = typed(filled_in(line, town), town, tmp_path)
        assert not wrong(done), (line, done.stdout, done.stderr)
        assert not re.search("Traceback|command not found", done.stderr), (line, done.stderr)
        if line.startswith("curl"):
            assert '"token_missing"' not in done.stdout, line
            assert '"not_found"' not in done.stdout, line


@pytest.mark.parametrize("page", [page for page in PAGES if lines(page, "sql")], ids=lambda page: page.stem)
def test_each_statement_of_a_page_runs(town: Town, page: Path) -> None:
    for statement in lines(page, "sql"):
        sql(town, "registry", filled_in(statement, town))


def test_a_wrong_line_is_found(town: Town, tmp_path: Path) -> None:
    assert wrong(typed("buurtsein parked freeze --key KEY", town, tmp_path))
    assert wrong(typed("python -m buurtsein_reports mend", town, tmp_path))
    with pytest.raises(asyncpg.UndefinedTableError):
        sql(town, "registry", "select * from outbox_frosted")
