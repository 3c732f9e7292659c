"""The tests of the sample repository pass, and they fail for each of five common mistakes in a consumer."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.starting import PYTEST, ended

pytestmark = pytest.mark.external

SAMPLE = Path(__file__).parents[2] / "contracts" / "samples" / "python-consumer"


@dataclass(frozen=True)
class Mistake:
    old: str
    new: str
    caught_by: str


MISTAKES = {
    "no dedupe": Mistake("if self._is_new(event):", "if True:", "test_a_report_that_comes_twice_is_counted_once"),
    "crash on an unknown enum value": Mistake(
        "LANES.get(data.category, OTHER_LANE)", "LANES[data.category]", "test_a_category_not_known_yet_is_shown_in_grey"
    ),
    "crash on an unknown field": Mistake(
        "if self._is_new(event):",
        "if self._is_new(event) and type(event.data).__base__.model_validate_json(value):  # the writer's model",
        "test_fields_and_values_of_a_newer_version_do_no_harm",
    ),
    "order assumed": Mistake(" AND sequence < ?", " AND ? > 0", "test_an_older_status_does_not_come_back"),
    "poison kills it": Mistake(
        "except Unreadable as problem:",
        "except ZeroDivisionError as problem:",
        "test_a_broken_record_is_put_aside_and_the_next_one_taken_in",
    ),
}


def run_its_tests(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    options = ("-q", "-p", "no:cacheprovider", "--rootdir", str(folder))
    return ended(PYTEST, *options, str(folder), env=os.environ | environment, folder=folder)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    folder = tmp_path / "python-consumer"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return folder


def test_its_tests_pass(sample: Path) -> None:
    result = run_its_tests(sample)
    assert result.returncode == 0, result.stdout


@pytest.mark.thorough
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_the_samples_tests_catch_a_mistake(sample: Path, mistake: Mistake) -> None:
    program = sample / "board.py"
    before = program.read_text()
    assert mistake.old in before
    program.write_text(before.replace(mistake.old, mistake.new))
    only_ours = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "buurtsein_contracts.testing.plugin"}
    result = run_its_tests(sample, **only_ours)
    assert result.returncode == 1, result.stdout
    assert f"::{mistake.caught_by}" in result.stdout.split("short test summary info")[1]
