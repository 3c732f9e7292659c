"""Opens files in a real Chromium without a window, and collects the errors and requests of each file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, ViewportSize, sync_playwright

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
LARGE: ViewportSize = {"width": 1280, "height": 720}
OWN_SCHEMES = {"file", "data", "blob", "about"}


@dataclass
class Tab:
    """A tab of the browser, with the errors and requests since a file was opened in it."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", self._failed)

    @property
    def outside(self) -> list[str]:
        """Return the addresses that the page requested outside its own files."""
        return [url for url in self.requests if urlsplit(url).scheme not in OWN_SCHEMES]

    def open(self, path: Path) -> None:
        """Open a file on a large screen with light colours, and wait until it makes no more requests."""
        self.page.goto("about:blank")
        self.errors.clear()
        self.requests.clear()
        self.page.set_viewport_size(LARGE)
        self.page.emulate_media(color_scheme="light")
        self.page.goto(path.as_uri(), wait_until="networkidle")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _failed(self, request: Request) -> None:
        self.errors.append(f"not loaded: {request.url}")


@contextmanager
def browsing() -> Iterator[Tab]:
    """Start Chromium with an empty profile, yield its only tab, and close the browser afterwards.

    Each further tab would use a second of CPU.
    """
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=tools.browser(), args=list(QUIET))
        yield Tab(browser.new_page())
        browser.close()
