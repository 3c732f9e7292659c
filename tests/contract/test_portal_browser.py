"""In a real Chromium, the portal's pages open without errors and without network requests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from buurtsein_contracts import EVENTS
from buurtsein_contracts.portal import build
from buurtsein_contracts.portal.diagram import arrows
from buurtsein_contracts.portal.machines import machines
from harness import tools
from harness.browser import Tab, browsing

pytestmark = [pytest.mark.external, tools.needs("browser")]

PAGES = ("index", "event-AlertSent", "topic-bin.alerts", "asyncapi", "lifecycle", "first-consumer", "record", "reading")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with browsing() as found:
        yield found


def clean(tab: Tab) -> bool:
    return not tab.errors and not tab.outside


@pytest.mark.parametrize("name", [*PAGES, "versioning", "glossary", "services"])
def test_a_page_opens_without_errors_and_without_requests(tab: Tab, portal: Path, name: str) -> None:
    tab.open(portal / f"{name}.html")
    assert (tab.errors, tab.outside) == ([], [])
    assert tab.page.locator("h1").first.is_visible()
    assert {"portal.css", "portal.js"} <= {url.rpartition("/")[2] for url in tab.requests}


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="http://127.0.0.1:9/x.js"></script>',
        '<img src="http://127.0.0.1:9/pixel.png" alt="">',
        '<script>fetch("http://127.0.0.1:9/events.json").catch(() => {})</script>',
        '<script>console.error("oh")</script>',
        "<script>nothingOfThatName()</script>",
        '<link rel="stylesheet" href="assets/gone.css">',
        "<style>@font-face { font-family: x; src: url(http://127.0.0.1:9/x.woff2); } body { font-family: x; }</style>",
    ],
)
def test_an_error_or_request_on_a_page_is_reported(tab: Tab, portal: Path, planted: str) -> None:
    page = portal / "planted.html"
    page.write_text((portal / "index.html").read_text().replace("</main>", f"{planted}</main>"))
    tab.open(page)
    page.unlink()
    assert not clean(tab)


def test_the_filter_finds_events_by_name_value_and_word_of_either_language(tab: Tab, portal: Path) -> None:
    tab.open(portal / "index.html")
    shown = tab.page.locator(".event:visible > a")
    assert shown.count() == sum(len(data.topics()) for data in EVENTS)
    for words, names in {
        "AlertReleased": ["AlertReleased"],
        "winkeldiefstal incident": ["IncidentReported", "IncidentTriaged"],
        "goedgekeurd": ["NetworkSentToFod"],
        "keurden": ["NetworkApproved"],
        "granted_cents": ["FundingDecided"],
        "beeindigden": ["MemberExcluded"],
    }.items():
        tab.page.get_by_label("Find an event, field or value").fill(words)
        assert list(dict.fromkeys(shown.all_inner_texts())) == names, words
    assert tab.page.get_by_role("status").inner_text() == "1 event"
    assert tab.page.locator("section.topic:visible h2").all_inner_texts() == ["bin.members"]
    tab.page.get_by_label("Find an event, field or value").fill("")
    assert shown.count() == sum(len(data.topics()) for data in EVENTS)


def test_the_asyncapi_view_draws_every_event(tab: Tab, portal: Path) -> None:
    tab.open(portal / "asyncapi.html")
    drawn = tab.page.locator("#asyncapi")
    drawn.get_by_text("be.bin.alert.sent.v1").first.wait_for()
    text = drawn.text_content() or ""
    assert [data.TYPE for data in EVENTS if data.TYPE not in text] == []
    assert clean(tab)


def test_a_faulty_asyncapi_document_is_reported(tab: Tab, portal: Path) -> None:
    page = portal / "planted.html"
    page.write_text((portal / "asyncapi.html").read_text().replace('"asyncapi":"3.0.0"', '"asyncapi":"9.0.0"'))
    tab.open(page)
    page.unlink()
    assert "be.bin.alert.sent.v1" not in (tab.page.locator("#asyncapi").text_content() or "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_diagrams_are_drawn_without_text_over_a_box(tab: Tab, portal: Path, scheme: str) -> None:
    tab.open(portal / "lifecycle.html")
    tab.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of its words
    drawings = tab.page.locator("svg.machine")
    assert drawings.count() == len(machines())
    for drawing, machine in zip(drawings.all(), machines(), strict=True):
        assert drawing.is_visible()
        box = drawing.bounding_box()
        assert box
        assert box["width"] > 600
        assert drawing.locator(".state").count() == len(machine.states)
        assert drawing.locator(".step").count() == len(arrows(machine))
    assert tab.page.evaluate(OVERLAPS) == []
    ink, paper = (tab.page.evaluate(colour) for colour in (INK, PAPER))
    assert ink != paper


INK = "getComputedStyle(document.querySelector('svg.machine .state text')).fill"
PAPER = "getComputedStyle(document.body).backgroundColor"
OVERLAPS = """() => {
  const found = [];
  for (const drawing of document.querySelectorAll("svg.machine")) {
    const paper = drawing.getBoundingClientRect();
    const boxes = [...drawing.querySelectorAll(".state rect")].map((box) => box.getBoundingClientRect());
    for (const word of drawing.querySelectorAll(".step text")) {
      const at = word.getBoundingClientRect();
      const over = boxes.some((box) =>
        at.left < box.right && box.left < at.right && at.top + 3 < box.bottom && box.top + 3 < at.bottom);
      const out = at.left < paper.left || at.right > paper.right || at.top < paper.top || at.bottom > paper.bottom;
      if (over || out) found.push(word.textContent);
    }
  }
  return found;
}"""


@pytest.mark.thorough
@pytest.mark.parametrize("name", PAGES)
def test_a_phone_needs_no_scrolling_sideways(tab: Tab, portal: Path, name: str) -> None:
    tab.open(portal / f"{name}.html")
    tab.page.set_viewport_size({"width": 390, "height": 844})
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_keyboard_reaches_the_content_first(tab: Tab, portal: Path) -> None:
    tab.open(portal / "event-AlertSent.html")
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("document.activeElement.id") == "main"


def test_all_details_are_open_in_print(tab: Tab, portal: Path) -> None:
    tab.open(portal / "event-AlertSent.html")
    tab.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert tab.page.locator("details:not([open])").count() == 0
