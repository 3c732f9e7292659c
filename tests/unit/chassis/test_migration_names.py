"""Each migration has a unique number, so that the rest of its file name does not affect the order."""

from collections import Counter

import pytest

from buurtsein_chassis.manifest import manifests
from buurtsein_chassis.migrations import migrations_of

FOLDERS = [("buurtsein_chassis", "sql"), *((each.package, "migrations") for each in manifests().values())]


def repeated(names: list[str]) -> list[str]:
    """Return the numbers that more than one migration's file name begins with."""
    counts = Counter(name.rpartition("/")[2].partition("_")[0] for name in names)
    return [number for number, times in counts.items() if times > 1]


@pytest.mark.parametrize(("package", "folder"), FOLDERS)
def test_no_two_migrations_have_the_same_number(package: str, folder: str) -> None:
    assert repeated([each.name for each in migrations_of(package, folder)]) == []


def test_two_files_of_one_number_are_seen() -> None:
    assert repeated(["a/0001_x.sql", "a/0002_y.sql", "a/0002_z.sql"]) == ["0002"]
