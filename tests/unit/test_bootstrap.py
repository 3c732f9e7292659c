"""The bootstrap prints a clear sentence when something is missing, and leaves nothing half-built."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def load(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "deploy" / "bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["ROOT"] = str(root)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with copies of the files that the bootstrap reads."""
    for name in (*load(ROOT).INPUTS, *(f"{package}/pyproject.toml" for package in load(ROOT).packages())):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(project: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "deploy" / "bootstrap.py")]
    return subprocess.run(command, env=os.environ | env, capture_output=True, text=True, check=False, timeout=60)


def last_line(answer: subprocess.CompletedProcess[str]) -> str:
    return answer.stderr.strip().splitlines()[-1]


def test_every_input_changes_the_fingerprint(project: Path) -> None:
    bootstrap = load(project)
    for name in (*bootstrap.INPUTS, "chassis/pyproject.toml"):
        before = bootstrap.fingerprint()
        (project / name).write_text((project / name).read_text() + "\n# changed\n")
        assert bootstrap.fingerprint() != before


@pytest.mark.external
def test_an_environment_that_is_up_to_date_is_not_rebuilt(project: Path) -> None:
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (project / ".venv" / "buurtsein.stamp").write_text(load(project).fingerprint())
    answer = run(project)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert not (project / ".local").exists()


def test_a_full_disk_gives_one_sentence(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap = load(project)
    usage = shutil.disk_usage(project)._replace(free=5_000_000)
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: usage)
    assert bootstrap.main() == 2
    assert capsys.readouterr().err == f"bootstrap: the disk is too full: 5 MB free in {project}, 1000 MB needed\n"
    assert not (project / ".venv").exists()


@pytest.mark.thorough
@pytest.mark.external
def test_a_wrong_hash_of_uv_stops_and_leaves_nothing(project: Path) -> None:
    lock = project / "deploy" / "uv.lock.txt"
    name = lock.read_text().split()[0]
    lock.write_text(f"{name} --hash=sha256:{'0' * 64}\n")
    answer = run(project)
    assert answer.returncode == 2
    assert last_line(answer).startswith("bootstrap: uv ")
    assert not list((project / ".local" / "tools").iterdir())
    assert not (project / ".venv").exists()


@pytest.mark.external
@pytest.mark.skipif(not list((ROOT / ".local" / "tools").glob("uv-*")), reason="uv was not installed by the bootstrap")
def test_without_a_python_the_old_environment_stays(project: Path) -> None:
    shutil.copytree(ROOT / ".local" / "tools", project / ".local" / "tools", symlinks=True)
    (project / ".venv").mkdir()
    (project / ".venv" / "old").touch()
    answer = run(project, BUURTSEIN_PYTHON="3.99")
    assert answer.returncode == 2
    assert "no Python 3.12 or newer is to be had" in last_line(answer)
    assert (project / ".venv" / "old").exists()
    assert not (project / ".venv.new").exists()


@pytest.mark.external
def test_a_missing_venv_module_gives_one_sentence(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap = load(project)
    monkeypatch.setattr(bootstrap.sys, "executable", "/bin/false")
    assert bootstrap.main() == 2
    assert capsys.readouterr().err.endswith("this Python cannot make a venv: install python3-venv (or its like)\n")


def test_the_bootstrap_runs_on_an_old_python() -> None:
    source = (ROOT / "deploy" / "bootstrap.py").read_text()

    ast.parse(source, feature_version=(3, 8))
