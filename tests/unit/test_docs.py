"""The docs agree with the code about links, make targets, codes, settings, routes, metrics and libraries."""

import ast
import importlib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from buurtsein_chassis import problem
from buurtsein_chassis.manifest import service_names
from buurtsein_chassis.settings import ServiceSettings
from harness.route_roles import served_routes

ROOT = Path(__file__).parents[2]
SERVICES = service_names()
ROOMS = {"Every service (chassis)": "chassis"} | {name: f"services/{name}" for name in SERVICES}
SUFFIXES = "py|sql|toml|json|md|sh|yaml|csv"
RAISERS = {"DomainError", "conflict", "missing", "forbidden", "Problem", "problem_response"}


def texts() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def sources(room: str) -> Iterator[str]:
    return (path.read_text() for path in sorted((ROOT / room).rglob("*.py")))


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> list[str]:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        name, _, anchor = target.partition("#")
        there = path.parent / name if name else path
        external = re.match(r"[a-z]+:", target)
        if not external and (not there.exists() or (anchor and anchor not in anchors(there.read_text()))):
            broken.append(target)
    return broken


def codes_in(source: str) -> set[str]:
    """Return the error codes in a module's source that are raised as problems or domain errors."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    named = (call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in RAISERS)
    texts_of = (
        (a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)) for call in named
    )
    return {
        first for first in (next(found, None) for found in texts_of) if first and re.fullmatch(r"[a-z0-9_]+", first)
    }


def section(text: str, heading: str) -> str:
    return re.split(r"^#+ ", text.partition(f"\n## {heading}")[2], maxsplit=1, flags=re.MULTILINE)[0]


def first_column(text: str) -> list[str]:
    """Return all names in backticks in the first column of the tables of a Markdown text."""
    return [word for row in re.findall(r"^\|([^|]+)\|", text, re.MULTILINE) for word in re.findall(r"`([^`]+)`", row)]


def readme(service: str) -> str:
    return (ROOT / "services" / service / "README.md").read_text()


def test_every_link_resolves() -> None:
    assert {str(path): broken for path in texts() if (broken := broken_links(path))} == {}


def test_a_broken_link_in_the_docs_is_reported(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Here\n[a](nowhere.md) [b](#here) [c](#there) [d](https://example.org)")
    assert broken_links(page) == ["nowhere.md", "#there"]


def files() -> list[str]:
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def missing_files(text: str, there: list[str], code: str) -> set[str]:
    """Return files and folders, named in backticks, that do not exist and that no program makes.

    A name without a folder may be in any folder; `<name>` stands for any name.
    """
    named = set(re.findall(rf"`([\w<>*./-]+(?:\.(?:{SUFFIXES})|/))`", text))
    known = "\n".join(f"/{name}" for name in there)
    patterns = {name: re.sub(r"<[a-z]+>|\\\*", r"[^/\n]+", re.escape(name)) for name in named if name not in code}
    return {name for name, pattern in patterns.items() if not re.search(f"/{pattern}", known)}


def missing_names(text: str, code: str) -> set[str]:
    """Return tables, classes and functions, named in backticks, that are in no source file."""
    words = set(re.findall(r"`([A-Za-z]\w*(?:_\w+|\.\w+)+|[A-Z][a-z]+(?:[A-Z]\w+)+)`", text))
    named = {word for word in words if not word.isupper() and not re.search(rf"\.(?:{SUFFIXES})$", word)}
    return {name for name in named if not all(re.search(rf"\b{part}\b", code) for part in name.split("."))}


TRUE_TO_CODE = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/extending.md"]


@pytest.mark.parametrize("page", TRUE_TO_CODE)
def test_every_file_and_name_on_a_page_exists(page: str) -> None:
    text, there = (ROOT / page).read_text(), files()
    sources_of = [name for name in there if name.endswith((".py", ".sql", ".toml"))]
    code = "\n".join((ROOT / name).read_text() for name in sources_of if (ROOT / name).is_file())
    code += (ROOT / "Makefile").read_text() + (ROOT / ".gitignore").read_text()
    assert (missing_files(text, there, code), missing_names(text, code)) == (set(), set())


def test_a_file_or_name_that_does_not_exist_is_reported() -> None:
    text = "`relay.py` `<name>/api.py` `gone.py` `Relay.run` `Relay.fly` `event_log` `event_lag` `NoSuch` `word`"
    assert missing_files(text, ["chassis/relay.py", "services/api.py"], "") == {"gone.py"}
    assert missing_names(text, "class Relay: def run event_log") == {"Relay.fly", "event_lag", "NoSuch"}


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for path in texts() for name in re.findall(r"(?:`| {4})make ([a-z-]+)", path.read_text())}
    assert named - targets == set()


@pytest.mark.parametrize("heading", ROOMS)
def test_every_error_code_is_listed(heading: str) -> None:
    known = set(re.findall(r"`([a-z0-9_]+)`", section((ROOT / "docs/error-codes.md").read_text(), heading)))
    made = {code for source in sources(ROOMS[heading]) for code in codes_in(source)}
    if heading not in SERVICES:
        made |= {code for code, _ in problem._PLAIN.values()}
    assert made - known == set()


def test_a_missing_error_code_is_reported() -> None:
    assert codes_in('raise DomainError("brand_new", "Nee.")\nraise Problem(418, "teapot", "Thee.")') == {
        "brand_new",
        "teapot",
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_readme_lists_the_settings_of_its_service(service: str) -> None:
    settings = importlib.import_module(f"buurtsein_{service}.settings").Settings
    listed = [name.lower().removeprefix(f"{service}_") for name in first_column(section(readme(service), "Settings"))]
    assert sorted(listed) == sorted(set(settings.model_fields) - set(ServiceSettings.model_fields))


@pytest.mark.parametrize("service", SERVICES)
def test_a_readme_lists_the_routes_of_its_service(service: str) -> None:
    own = importlib.import_module(f"buurtsein_{service}.api").router.routes
    there = {
        f"{method} {re.sub('{[^}]*}', '{}', path)}"
        for route, path in served_routes(service)
        if not route.path.startswith("/operations/") or route in own
        for method in route.methods or ()
    }
    cells = first_column(section(readme(service), "Accepts"))
    listed = {re.sub("{[^}]*}", "{}", cell.partition("?")[0]) for cell in cells if re.match("[A-Z]+ /", cell)}
    assert listed == there


def test_operations_lists_the_common_settings_and_every_metric() -> None:
    text = (ROOT / "docs/operations.md").read_text()
    settings = set(first_column(section(text, "Settings")))
    assert set(ServiceSettings.model_fields) - settings == set()
    code = "\n".join(source for room in ("chassis", "services") for source in sources(room))
    metrics = set(re.findall(r'(?:Counter|Gauge|Histogram)\(\s*"(\w+)"', code))
    assert metrics - set(first_column(section(text, "Metrics"))) == set()


def test_every_library_has_a_line_in_the_decisions() -> None:
    projects = [tomllib.loads(path.read_text())["project"] for path in ROOT.glob("[!.]*/**/pyproject.toml")]
    wanted = {r for p in projects for r in p.get("dependencies", [])} | {
        r for p in projects for extra in p.get("optional-dependencies", {}).values() for r in extra
    }
    wanted |= {line for line in (ROOT / "requirements.in").read_text().splitlines() if line and line[0] != "#"}
    names = {re.split(r"[^\w.-]", requirement)[0] for requirement in wanted}
    told = set(re.findall(r"[\w.-]+", (ROOT / "docs/decisions/0012-dependencies.md").read_text()))
    assert {name for name in names if not name.startswith("buurtsein-")} - told == set()


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/decisions"
    assert {path.name for path in folder.glob("0*.md")} == set(
        re.findall(r"\((0[^)]+)\)", (folder / "README.md").read_text())
    )
