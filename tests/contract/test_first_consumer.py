"""On the page "write your first consumer", the program works, and its tests find the mistakes that the page lists."""

import os
import re
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import pytest

from buurtsein_contracts.portal import build
from harness.page import copied, files_on
from harness.starting import CONTRACTS, ONLY_OUR_PLUGIN, PYTEST, ended

pytestmark = pytest.mark.external

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"<td><code>([^<]+)</code> for <code>([^<]+)</code>[^<]*</td>\s*<td><code>(test_\w+)</code></td>")
GUIDE = ROOT / "contracts/buurtsein_contracts/portal/templates/guide/first-consumer.md.j2"
MISTAKES = re.findall(r"^\| `(.+?)` for `(.+?)`.*? \| `(test_\w+)` \|", GUIDE.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    build(folder)
    return folder / "first-consumer.html"


@pytest.fixture
def consumer(page: Path, tmp_path: Path) -> Path:
    return copied(page, tmp_path / "desk")


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    found = os.environ | ONLY_OUR_PLUGIN | environment
    return subprocess.run(command, cwd=folder, env=found, capture_output=True, text=True, check=False)


def its_tests(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    options = ("-q", "-p", "no:cacheprovider", "--rootdir", str(folder), "--strict-markers")
    return ended(PYTEST, *options, env=os.environ | ONLY_OUR_PLUGIN | environment, folder=folder)


def contracts(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return ended(CONTRACTS, *arguments, folder=folder)


def test_the_page_shows_every_file_of_the_first_consumer(page: Path) -> None:
    beside = page.parent / "first-consumer"
    files = {str(path.relative_to(beside)): path.read_text() for path in beside.rglob("*") if path.is_file()}
    assert files_on(page) == files


def test_its_tests_pass(consumer: Path) -> None:
    result = its_tests(consumer)
    assert result.returncode == 0, result.stdout


def test_the_page_names_six_mistakes(page: Path) -> None:
    assert len(MISTAKES) == 6
    assert [tuple(map(unescape, row)) for row in ROW.findall(page.read_text())] == MISTAKES


@pytest.mark.thorough
@pytest.mark.parametrize(("new", "old", "caught_by"), MISTAKES, ids=[caught_by for *_, caught_by in MISTAKES])
def test_the_samples_tests_catch_a_mistake(consumer: Path, new: str, old: str, caught_by: str) -> None:
    program = consumer / "desk.py"
    before = program.read_text()
    assert before.count(old) == 1
    program.write_text(before.replace(old, new))
    result = its_tests(consumer)
    assert result.returncode == 1, result.stdout
    assert f"::{caught_by}" in result.stdout.split("short test summary info")[1]


OLD = """
from desk import Desk
desk = Desk("desk.sqlite")
for days, topic in ((0, "bin.incidents"), (29, "bin.incidents"), (31, "bin.incidents"), (366, "bin.alerts")):
    desk.take((topic, 0, days), [], None)
    with desk.db:
        desk.db.execute("UPDATE aside SET since = datetime('now', ?) WHERE offset = ?", (f"-{days} days", days))
"""
LEFT = """
import sys
from desk import Desk
desk = Desk("desk.sqlite")
desk.db.executescript(sys.argv[1])
print(sorted(offset for offset, in desk.db.execute("SELECT offset FROM aside")))
"""


def test_unreadable_records_are_read_again_and_deleted_with_the_retention_of_their_topic(
    page: Path, consumer: Path
) -> None:
    """The portal's page on reading promises that a consumer reads unreadable records again later."""
    text = unescape((page.parent / "reading.html").read_text())
    [again] = re.findall(r'python -c "(.+)"', text)
    forget = "\n".join(re.findall(r"^(?:<pre[^>]*><code>)?(DELETE FROM aside .+;)$", text, re.MULTILINE))
    for code in (OLD, again):
        result = run([sys.executable, "-c", code], consumer)
        assert result.returncode == 0, result.stderr
    assert run([sys.executable, "-c", LEFT, forget], consumer).stdout == "[0, 29]\n"


def test_its_expectation_holds_and_is_a_part_of_the_draft(consumer: Path) -> None:
    file = "consumers/pz-example/desk.yaml"
    assert contracts(consumer, "expect", "check", file).stdout == "1 hold\n"
    assert contracts(consumer, "expect", "check").stdout == "1 hold\n"
    for name in ("desk", "pz-example/desk"):
        assert contracts(consumer, "can-i-deploy", name, "--consumers", "consumers").returncode == 0
    types = re.findall(r"--type (\w+)", GUIDE.read_text())
    flags = [part for name in types for part in ("--type", name)]
    drafted = contracts(consumer, "expect", "init", "pz-example", "desk", *flags, "--consumers", "drafted")
    assert drafted.returncode == 0, drafted.stderr
    lines = set((consumer / "drafted/pz-example/desk.yaml").read_text().splitlines())
    kept = set((consumer / file).read_text().splitlines())
    assert {line.split(":")[0].strip() for line in kept - lines} == {"values", "category", "retention_days"}


def test_its_expectation_fails_on_a_field_that_nobody_sends(consumer: Path) -> None:
    file = consumer / "consumers/pz-example/desk.yaml"
    file.write_text(file.read_text().replace("- category", "- colour"))
    for files in ([], [str(file)]):
        result = contracts(consumer, "expect", "check", *files)
        assert result.returncode == 1
        assert "colour" in result.stdout


def test_the_package_alone_holds_portal_and_page(tmp_path: Path) -> None:
    """The test installs the wheel and does not use the files of the repository."""
    [uv] = (ROOT / ".local/tools").glob("uv-*/bin/uv")
    made_with = ["--offline", "--wheel", "--quiet", "--python", sys.executable, "--out-dir", str(tmp_path)]
    built = run([str(uv), "build", *made_with, str(ROOT / "contracts")], tmp_path)
    assert built.returncode == 0, built.stderr
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "unpacked")
    alone = {"PYTHONPATH": str(tmp_path / "unpacked")}
    run([sys.executable, "-m", "compileall", "-q", "unpacked"], tmp_path)  # as an installer would do
    command = [sys.executable, "-m", "buurtsein_contracts.cli", "docs", "--to", "portal"]
    made = run(command, tmp_path, **alone)
    assert made.returncode == 0, made.stderr
    page = tmp_path / "portal/first-consumer.html"
    assert "Nobody told us yet" in (tmp_path / "portal/event-AlertSent.html").read_text()
    result = its_tests(copied(page, tmp_path / "desk"), **alone)
    assert result.returncode == 0, result.stdout
    where = run([sys.executable, "-c", "import buurtsein_contracts as b; print(b.__file__)"], tmp_path, **alone)
    assert where.stdout.startswith(str(tmp_path))
