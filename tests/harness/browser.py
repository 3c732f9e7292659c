"""A real Chromium, headless, that tells what a page did: its errors and whatever it asked for.

Without a Chromium on the machine it is installed with apt-get where that is possible (as root, on Debian and its like);
elsewhere the tests are skipped, and say so. `BUURTSEIN_CHROMIUM` names another one.
"""

import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OWN_SCHEMES = {"file", "data", "blob", "about"}


@cache
def chromium() -> str | None:
    """The path of one; None where there is none and none can be installed."""
    found = os.environ.get("BUURTSEIN_CHROMIUM") or _on_path()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        warnings.warn("no Chromium here: installing the package `chromium` with apt-get", stacklevel=2)
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
            subprocess.run(
                command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, capture_output=True, check=False
            )
        found = _on_path()
    return found


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser with an empty profile; skips the test where there is none."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine, and none could be installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page and what it did from the first byte on."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        """What it asked of anything but its own files."""
        return [url for url in self.requests if urlsplit(url).scheme not in OWN_SCHEMES]

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def failed(self, request: Request) -> None:
        self.errors.append(f"not loaded: {request.url}")


def visit(browser: Browser, path: Path, anchor: str = "") -> Visit:
    """Open a file as a person would, and wait until it is quiet."""
    page = browser.new_page()
    seen = Visit(page)
    page.on("console", seen.heard)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("requestfailed", seen.failed)
    page.goto(path.as_uri() + anchor, wait_until="networkidle")
    return seen
