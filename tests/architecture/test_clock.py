"""No service reads the machine's clock directly; the linter finds each kind of violation that the test adds."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.external

ROOT = Path(__file__).parents[2]
RUFF = Path(sys.executable).with_name("ruff")
ANY_SERVICE = "services/permits/buurtsein_permits/handlers.py"
WAYS = ("datetime.now(UTC)", "datetime.utcnow()", "datetime.today()", "date.today()", "time.time()")
PLANTED = "import time\nfrom datetime import UTC, date, datetime\n" + "\n".join(f"now = {way}" for way in WAYS) + "\n"


def refused(source: str, path: str) -> list[str]:
    """Return the lines of a file with this text that the project's linter refuses."""
    command = [str(RUFF), "check", "--select", "TID251", "--output-format", "concise", "--stdin-filename", path, "-"]
    told = subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, check=False).stdout
    lines = source.splitlines()
    return [lines[int(one.split(":")[1]) - 1] for one in told.splitlines() if "buurtsein_kernel.clock" in one]


def test_every_way_to_read_the_clock_of_the_machine_is_refused_in_a_service() -> None:
    assert refused(PLANTED, ANY_SERVICE) == [f"now = {way}" for way in WAYS]


def test_the_clock_itself_may_read_it() -> None:
    assert refused(PLANTED, "kernel/buurtsein_kernel/clock.py") == []
