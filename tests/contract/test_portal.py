"""The portal is complete, its links work, it agrees with the events catalogue, and it loads only its own files."""

import ast
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from buurtsein_contracts import EVENTS, TOPICS, EventData
from buurtsein_contracts.cli import app
from buurtsein_contracts.envelope import headers_schema
from buurtsein_contracts.fields import fields_of
from buurtsein_contracts.goldens import FOLDER, folder_of
from buurtsein_contracts.model import Privacy
from buurtsein_contracts.portal import build
from buurtsein_contracts.portal.fields import rows_of
from buurtsein_contracts.portal.wording import ATTRIBUTES_TEXTS, PRIVACY_TEXTS, TOPICS_TEXTS
from buurtsein_contracts.schemas import reader_schema
from harness.starting import CONTRACTS, ended

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "contracts" / "buurtsein_contracts" / "portal" / "assets"
LOADING = {
    ("link", "href"),
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("object", "data"),
}
BY_TYPE = pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.__name__)


class Html(HTMLParser):
    """Collects the links, anchors and texts of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[tuple[str, dict[str, str]]] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.bare_headers = 0
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        self.links += [(found["href"], found)] if tag == "a" else []
        self.loads += [found[name] for name in found if (tag, name) in LOADING or name in {"srcset", "poster"}]
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.bare_headers += tag == "th" and "scope" not in found

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    build(folder)
    return folder


def pages_of(portal: Path) -> dict[str, Html]:
    return {path.name: Html(path.read_text()) for path in sorted(portal.glob("*.html"))}


def page(portal: Path, data: type[EventData]) -> Html:
    return Html((portal / f"event-{data.__name__}.html").read_text())


def broken_links(portal: Path) -> list[str]:
    """Return broken links, unmarked links to other sites, and files that a page loads from other sites."""
    pages = pages_of(portal)
    broken = []
    for name, html in pages.items():
        for target, attributes in html.links:
            file, _, anchor = target.partition("#")
            if re.match("[a-z]+:", target):
                broken += [] if attributes.get("class") == "away" else [f"{name}: unmarked {target}"]
            elif (file and not (portal / file).is_file()) or (anchor and anchor not in pages[file or name].ids):
                broken.append(f"{name}: {target}")
        broken += [f"{name}: loads {one}" for one in html.loads if one != "data:," and not (portal / one).is_file()]
    return broken


def test_every_event_and_every_topic_has_its_page_and_the_index_leads_there(portal: Path) -> None:
    names = [f"event-{data.__name__}.html" for data in EVENTS] + [f"topic-{topic.name}.html" for topic in TOPICS]
    targets = {target for target, _ in pages_of(portal)["index.html"].links}
    assert set(names) - targets == set()


def test_every_link_and_anchor_has_a_target(portal: Path) -> None:
    assert broken_links(portal) == []


def test_a_broken_link_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<h1 id="here">x</h1><a href="b.html">1</a><a href="#there">2</a><a href="https://example.org">3</a>'
        '<a href="#here">4</a>'
        '<script src="https://example.org/x.js"></script>'
    )
    assert len(broken_links(tmp_path)) == 4


def test_nothing_on_a_page_or_in_its_style_is_loaded_from_elsewhere(portal: Path) -> None:
    styles = [*portal.rglob("*.css"), *portal.glob("*.html")]
    assert [str(p) for p in styles if re.search(r"@import|url\(\s*['\"]?(?:https?:)?//", p.read_text())] == []
    assert [str(p) for p in portal.rglob("*.js") if "sourceMappingURL" in p.read_text()] == []
    ours = (portal / "assets").glob("*.js")
    assert [path.name for path in ours if re.search(r"https?:|fetch\(|XMLHttp|import\(", path.read_text())] == []


def test_pages_can_be_read_by_a_screen_reader(portal: Path) -> None:
    for name, html in pages_of(portal).items():
        text = (portal / name).read_text()
        assert '<html lang="en">' in text
        assert html.headings.count(1) == 1, name
        assert all(after - before <= 1 for before, after in zip(html.headings, html.headings[1:], strict=False)), name
        assert html.bare_headers == 0, name
        assert [one for one, number in Counter(html.ids).items() if number > 1] == [], name
        assert text.count("<svg") == text.count("<title>") - 1


@BY_TYPE
def test_a_page_says_purpose_owner_key_audience_and_retention(portal: Path, data: type[EventData]) -> None:
    text = page(portal, data).text
    purpose = " ".join((data.__doc__ or "").split())
    wanted = [purpose, data.PURPOSE_NL, data.TYPE, data.VERSION, data.TOPIC.name, data.TOPIC.key, data.TOPIC.owner]
    days = data.TOPIC.retention_days
    wanted += [topic.name for topic in data.topics()]
    wanted += [f"of the {audience}" for topic in data.topics() for audience in topic.audiences]
    wanted += [f"Kept {f'{days} days' if days else 'for ever'}"]
    assert [word for word in wanted if word not in text] == []
    assert purpose != data.PURPOSE_NL


@BY_TYPE
def test_a_page_has_every_field_value_and_description(portal: Path, data: type[EventData]) -> None:
    text = page(portal, data).text
    fields = fields_of(reader_schema(data))
    for path, field in fields.items():
        wanted = [path, field.schema["description"], field.schema["x-description-nl"], *field.values]
        assert [word for word in wanted if " ".join(word.split()) not in text] == []


@pytest.mark.parametrize("name", ["NetworkApproved", "NetworkAmended"])
def test_nested_lists_are_described(portal: Path, name: str) -> None:
    text = Html((portal / f"event-{name}.html").read_text()).text
    row = text.partition("area.coordinates")[2].partition("Closed rings")[0].split(maxsplit=1)[1].strip()
    limits = "1 to 50 items each list 4 to 500 items each pair -180 to 180, then -90 to 90 each list 1 to 50 items"
    assert row == f"list of lists of pairs of numbers, or list of lists of lists of pairs of numbers {limits}"


def test_a_limit_of_a_nested_list_names_its_level() -> None:
    rows = [(data.__name__, row) for data in EVENTS for row in rows_of(data)]
    assert [(name, row.path) for name, row in rows for limit in row.limits if limit.count("each") > 1] == []


@BY_TYPE
def test_the_table_of_personal_data_is_that_of_the_tags(portal: Path, data: type[EventData]) -> None:
    part = page(portal, data).text.partition("What it says about a person")[2].partition("All other fields")[0]
    fields = fields_of(reader_schema(data))
    tagged = {path: f.schema["x-personal-data"] for path, f in fields.items() if f.schema["x-personal-data"] != "none"}
    assert {path: tag for path, tag in tagged.items() if f"{path} {tag}" not in part} == {}
    assert bool(part) == bool(tagged)
    assert [
        path for path in fields if path not in tagged and re.search(rf"(^| ){re.escape(path)} (pseu|loc)", part)
    ] == []


@BY_TYPE
def test_examples_come_with_their_record_and_what_is_refused_with_its_answer(
    portal: Path, data: type[EventData]
) -> None:
    text = page(portal, data).text
    for path in (folder_of(data) / "examples").glob("*.json"):
        assert " ".join(json.dumps(json.loads(path.read_text()), indent=2, ensure_ascii=False).split()) in text
    assert text.count("header ce_sequence 00000000000000000001") == len(list((folder_of(data) / "examples").iterdir()))
    for path in (folder_of(data) / "invalid").glob("*.json"):
        *names, rule = path.stem.split(".")
        assert re.search(rf"{'.'.join(names)} {rule} .*?invalid_event : data\.\S*{names[0]}", text), path.name


def test_a_page_names_the_consumers_and_what_they_use(portal: Path) -> None:
    text = Html((portal / "event-IncidentReported.html").read_text()).text
    assert "pz-aalst/police-backoffice" in text
    assert "the application desk of the police zone" in text
    assert "within 300 s" in text
    assert "Nobody told us yet" in Html((portal / "event-FundingPaid.html").read_text()).text


def test_every_topic_and_attribute_has_a_text() -> None:
    assert set(TOPICS_TEXTS) == {topic.name for topic in TOPICS}
    assert set(PRIVACY_TEXTS) == set(Privacy)
    assert set(ATTRIBUTES_TEXTS) == set(headers_schema()["properties"])
    both = [*TOPICS_TEXTS.values(), *PRIVACY_TEXTS.values()]
    assert all(words.en and words.nl and words.en != words.nl for words in both)


def made_by_services() -> set[str]:
    """Return the names of the events that the domain code of a service creates."""
    trees = (ast.parse(path.read_text()) for path in (ROOT / "services").glob("*/buurtsein_*/domain/*.py"))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)} & {data.__name__ for data in EVENTS}


def test_an_event_is_called_sent_when_a_service_sends_it(portal: Path) -> None:
    assert {data.__name__ for data in EVENTS if not data.PLANNED} == made_by_services()
    assert all("Sent not yet" in page(portal, data).text for data in EVENTS if data.PLANNED)


def test_no_person_is_on_a_page_but_the_pseudonyms_of_examples(portal: Path) -> None:
    known = set(re.findall(r"p[0-9a-f]{32}", "".join(path.read_text() for path in FOLDER.rglob("*.json"))))
    for name, html in pages_of(portal).items():
        text = (portal / name).read_text()
        assert set(re.findall(r"\bp[0-9a-f]{32}\b", text)) <= known, name
        assert not re.search(r"[\w.]+@(?!example|[\w-]+\.example\b)[\w-]+\.\w{2,}", html.text), name
        assert not re.search(r"\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b|\+32[ \d]{8,}|\b04\d\d[ /]\d\d", html.text), name


def test_the_same_catalogue_gives_the_same_bytes(portal: Path, tmp_path: Path) -> None:
    written = build(tmp_path)
    assert all(path.read_bytes() == (portal / path.relative_to(tmp_path)).read_bytes() for path in written)


def test_services_and_package_are_shown_when_their_files_exist(tmp_path: Path) -> None:
    operation = {"get": {"summary": "Things", "description": "All the things."}}
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi" / "registry.json").write_text(json.dumps({"paths": {"/v1/things": operation}}))
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "buurtsein_contracts-9-py3-none-any.whl").touch()
    build(tmp_path)
    assert broken_links(tmp_path) == []
    assert "GET /v1/things All the things." in Html((tmp_path / "services.html").read_text()).text
    assert "package/buurtsein_contracts-9-py3-none-any.whl" in (tmp_path / "first-consumer.html").read_text()


def test_vendored_files_in_the_portal_are_what_their_readme_says(portal: Path) -> None:
    told = dict(re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", (ASSETS / "asyncapi" / "README.md").read_text()))
    there = [path for path in (portal / "assets" / "asyncapi").iterdir() if path.name != "README.md"]
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in there} == told


def test_the_command_writes_the_portal_and_prints_its_path(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["docs", "--to", str(tmp_path / "a" / "b")])
    assert result.exit_code == 0
    assert result.stdout.rstrip().endswith("index.html")
    assert (tmp_path / "a" / "b" / "index.html").is_file()


@pytest.mark.external
def test_a_folder_that_cannot_be_written_gives_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = ended(CONTRACTS, "docs", "--to", str(tmp_path / "file" / "x"))
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
