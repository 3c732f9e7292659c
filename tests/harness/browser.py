"""Opens pages in a real Chromium without a window, and collects the errors and requests of each page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from harness import tools

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


@contextmanager
def browsing() -> Iterator[Browser]:
    """Start Chromium with an empty profile, yield the browser, and close it afterwards."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=tools.browser(), args=list(QUIET))
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page in the browser, with its errors and requests since it was opened."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        """Return the addresses outside its own files that the page requested."""
        return [url for url in self.requests if urlsplit(url).scheme not in OWN_SCHEMES]

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def failed(self, request: Request) -> None:
        self.errors.append(f"not loaded: {request.url}")


def visit(browser: Browser, path: Path, anchor: str = "") -> Visit:
    """Open a file in the browser and wait until it makes no more requests."""
    page = browser.new_page()
    seen = Visit(page)
    page.on("console", seen.heard)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("requestfailed", seen.failed)
    page.goto(path.as_uri() + anchor, wait_until="networkidle")
    return seen
