"""What was released is not written again: a released golden that was changed or deleted stops the writing."""

import shutil
from pathlib import Path

import pytest

from buurtsein_contracts.goldens import FOLDER, HEADERS, write

REPORTED = "be.bin.incident.reported.v1/1.0.0"


@pytest.fixture
def goldens(tmp_path: Path) -> Path:
    """Return a copy of the committed goldens, which are released."""
    return shutil.copytree(FOLDER, tmp_path / "goldens")


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        f"{REPORTED}/examples/burglary.json",
        f"{REPORTED}/invalid/reference.pattern.json",
        f"{REPORTED}/writer.schema.json",
        HEADERS,
    ],
)
def test_a_released_file_that_was_changed_or_deleted_gets_no_new_digest(
    goldens: Path, name: str, deleted: bool
) -> None:
    file, index = goldens / name, (goldens / "index.json").read_bytes()
    if deleted:
        file.unlink()
    else:
        file.write_text(file.read_text() + " ")
    assert write(goldens) == [name]
    assert (goldens / "index.json").read_bytes() == index
