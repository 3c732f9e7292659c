"""The portal's guides name the contact, use plain words, and include files for tests."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from buurtsein_contracts import EVENTS, EventData, Unreadable, parse
from buurtsein_contracts.cli import app
from buurtsein_contracts.goldens import folder_of
from buurtsein_contracts.in_order import WAIT
from buurtsein_contracts.portal import build

CONTACT = "the desk for integration, integratie@example.org"
BY_TYPE = pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.__name__)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    build(folder, contact=CONTACT)
    return folder


def text_of(page: Path) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.read_text()).split())


@pytest.mark.parametrize("page", ["first-consumer", "reading", "languages", "personal-data", "expectation"])
def test_each_guide_names_the_contact(portal: Path, page: str) -> None:
    assert CONTACT in text_of(portal / f"{page}.html")


def test_the_verb_takes_the_contact_and_without_one_names_the_operator(tmp_path: Path) -> None:
    for folder, more, said in (("a", [], "the operator of the installation"), ("b", ["--contact", CONTACT], CONTACT)):
        assert CliRunner().invoke(app, ["docs", "--to", str(tmp_path / folder), *more]).exit_code == 0
        assert f"Send the file to {said}" in text_of(tmp_path / folder / "expectation.html")


def test_internal_words_are_not_on_the_pages(portal: Path) -> None:
    for page in portal.glob("*.html"):
        if page.name != "asyncapi.html":
            assert re.findall(r"\bgoldens?\b|\ba gate\b|\bthe gate\b", text_of(page), re.IGNORECASE) == [], page.name


def test_the_page_on_reading_explains_gaps_and_the_effect_of_each_code(portal: Path) -> None:
    page = text_of(portal / "reading.html")
    assert f"{WAIT.seconds // 60} minutes" in page
    row = page[page.index("What a record put aside does to the order") :]
    assert all(code in row for code in ("unknown_type", "unknown_version", "invalid_event", "ce_partitionkey"))


def test_the_page_on_languages_names_lowest_versions_converters_and_errors(portal: Path) -> None:
    page = text_of(portal / "languages.html")
    for said in (
        "2.6.1",
        "ByteArrayConverter",
        "TopicAuthorizationException",
        "45 s",
        "ajv-formats",
        "CREATE TABLE applied",
    ):
        assert said in page, said


def record_of(document: dict[str, Any]) -> tuple[list[tuple[str, bytes | None]], bytes | None]:
    value = document.get("value")
    headers = [(name, text.encode() if text is not None else None) for name, text in document["headers"].items()]
    return headers, value.encode() if value is not None else None


@BY_TYPE
def test_the_test_records_have_the_faults_that_they_name(portal: Path, data: type[EventData]) -> None:
    found = json.loads((folder_of(data, portal / "schemas") / "records.json").read_text())
    first, second = found["duplicate"]
    assert first == second
    events = [parse(*record_of(document)) for document in found["out_of_order"]]
    assert [event.sequence for event in events] == [1, 3, 2]
    assert len({event.id for event in events}) == 3
    for document in found["future_version"]:
        assert parse(*record_of(document)).type == data.TYPE
    for wrong, poison in found["poison"].items():
        if "value_base64" not in poison["record"]:
            with pytest.raises(Unreadable) as caught:
                parse(*record_of(poison["record"]))
            assert caught.value.code == poison["code"], wrong
    assert {poison["code"] for poison in found["poison"].values()} == {
        "invalid_event",
        "unknown_type",
        "unknown_version",
    }


def test_models_and_schemas_are_ready_in_the_projects(portal: Path) -> None:
    for data in EVENTS:
        assert f"export interface {data.__name__} " in (portal / "typescript/events.ts").read_text()
        assert (portal / f"java/src/main/java/be/buurtsein/events/{data.__name__}.java").is_file()
    for path in ("typescript", "java/src/main/resources", "csharp"):
        schemas = json.loads((portal / path / "reader-schemas.json").read_text())
        assert set(schemas["events"]) == {data.TYPE for data in EVENTS}
