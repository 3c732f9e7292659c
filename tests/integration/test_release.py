"""`make release` makes a whole release in a clone: a dry run changes nothing, a real run makes equal wheels."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from buurtsein_operate import releases
from buurtsein_stack.release.distributions import distributions

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(900)]

PROJECT = Path(__file__).parents[2]
VERSION = "7.8.9"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clone of the last commit, which uses this checkout's environment and tools."""
    to = tmp_path_factory.mktemp("release") / "clone"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(to)], check=True)
    (to / ".git/info/exclude").write_text(".venv\n")
    (to / ".venv").symlink_to(PROJECT / ".venv")
    (to / ".local").mkdir()
    (to / ".local/tools").symlink_to(PROJECT / ".local/tools")
    for key, value in (("user.name", "Test"), ("user.email", "test@localhost")):
        git(to, "config", key, value)
    return to


def git(clone: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=clone, check=True, capture_output=True, text=True).stdout.strip()


def release(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "buurtsein_stack.release", VERSION, *arguments]
    return subprocess.run(command, cwd=clone, check=False, capture_output=True, text=True)


def sums(clone: Path) -> dict[str, str]:
    lines = (clone / "dist/release" / VERSION / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_a_dry_run_and_then_the_release(clone: Path) -> None:
    before = git(clone, "rev-parse", "HEAD")
    tried = release(clone)
    assert tried.returncode == 0, tried.stderr
    assert (git(clone, "rev-parse", "HEAD"), git(clone, "status", "--porcelain"), git(clone, "tag")) == (before, "", "")
    tried_sums = sums(clone)

    done = release(clone, "--write")
    assert done.returncode == 0, done.stderr
    assert sums(clone) == tried_sums
    made = clone / "dist/release" / VERSION
    subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=made, check=True)
    names = set(distributions(clone))
    assert {path.name.split("-")[0].replace("_", "-") for path in (made / "wheels").glob(f"*-{VERSION}-*")} == names
    assert releases.read(clone / "deploy/releases.toml")[-1].commit == git(clone, "rev-parse", f"v{VERSION}^{{commit}}")

    again = release(clone)
    assert (again.returncode, again.stderr) == (2, f"release: {VERSION} was released before: choose a higher version\n")


def test_the_bill_of_materials_of_a_service_has_the_libraries_of_its_lock(clone: Path) -> None:
    made = clone / "dist/release" / VERSION
    text = (made / "sbom" / f"buurtsein-funding-{VERSION}.cdx.json").read_text()
    assert str(clone) not in text
    found = {(re.sub("[-_.]+", "-", one["name"]).lower(), one["version"]) for one in json.loads(text)["components"]}
    pins = dict(
        re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (made / "requirements-funding.lock").read_text(), re.MULTILINE)
    )
    ours = {(f"buurtsein-{name}", VERSION) for name in ("chassis", "contracts", "kernel")}
    assert ours <= found
    assert found - ours <= set(pins.items())
    assert {"asyncpg", "pydantic", "opentelemetry-sdk"} <= {name for name, _ in found}
