"""The search for canaries (made-up personal data) finds them in a log, in any letter case and encoding."""

import subprocess
import sys

import pytest

from harness.canary import leaks

pytestmark = pytest.mark.external

LEAK = """
import logging, structlog
from buurtsein_chassis import logs
{patch}
logs.configure("leaky", "INFO")
try:
    raise ValueError({secret!r})
except ValueError:
    structlog.get_logger("http").info("http.request", status=500, body={secret!r}, exc_info=True)
    logging.getLogger("library").exception("failed")
"""
PATCHES = {
    "nothing": "",
    "a body let through": "logs.ALLOWED_KEYS |= {'body'}",
    "tracebacks let through": "logs._exception_by_name = structlog.processors.format_exc_info",
}


@pytest.fixture(params=PATCHES)
def leaky_log(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return the output of a process whose wrong log configuration lets personal data through."""
    program = LEAK.format(patch=PATCHES[request.param], secret="Kanarie Vogel")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert "http.request" in done.stdout
    return request.param, done.stdout + done.stderr


def test_the_search_finds_a_planted_leak(leaky_log: tuple[str, str]) -> None:
    patch, text = leaky_log
    found = leaks({"log": text}, {"name": "Kanarie Vogel"})
    assert found == ([] if patch == "nothing" else ["name in log"])


@pytest.mark.parametrize("text", ["a KANARIE VOGEL b", "?q=Kanarie%20Vogel", '{"x": "Kanarie Vogel"}'])
def test_the_search_finds_values_in_any_case_and_encoding(text: str) -> None:
    assert leaks({"here": text}, {"name": "Kanarie Vogel"}) == ["name in here"]
