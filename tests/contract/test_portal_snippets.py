"""The Python programs on the portal's pages about events run; `test_starters.py` compiles those in other languages."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from buurtsein_contracts import EVENTS, EventData
from buurtsein_contracts.asyncapi import document
from buurtsein_contracts.goldens import FOLDER
from buurtsein_contracts.portal.details import details_of
from buurtsein_contracts.portal.rendering import environment
from buurtsein_contracts.portal.snippets import Snippet, snippets_of
from buurtsein_contracts.schemas import reader_schema
from buurtsein_contracts.testing import records

BY_TYPE = pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.__name__)

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def snippets() -> dict[str, dict[str, Snippet]]:
    """Return the portal's example programs by event name and language."""
    messages, templates = document()["components"]["messages"], environment()
    facts = [details_of(data, FOLDER, messages, []) for data in EVENTS]
    return {event.name: {one.language: one for one in snippets_of(event, templates)} for event in facts}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a temporary folder, in which the portal's example programs write their files."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def taking(code: str) -> Callable[..., None]:
    """Run the definitions of an example program and return its function `take`, which processes a record."""
    space: dict[str, Any] = {"__name__": "snippet"}
    exec(compile(code, "snippet", "exec"), space)  # noqa: S102 # the code is from our own page
    return space["take"]  # type: ignore[no-any-return]


def received(found: Iterable[records.Record], first_offset: int = 0) -> Iterator[SimpleNamespace]:
    """Yield records in the form in which an example program's Kafka client returns them."""
    for offset, one in enumerate(found, first_offset):
        yield SimpleNamespace(topic=one.topic, partition=2, offset=offset, headers=one.headers, value=one.value)


@BY_TYPE
def test_the_python_program_prints_an_event_once_and_survives_faulty_records(
    data: type[EventData], snippets: dict[str, dict[str, Snippet]], capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    take, name = taking(snippets[data.__name__]["Python"].code), data.__name__
    other = "AlertFailed" if name != "AlertFailed" else "AlertSent"
    for record in received([*records.duplicated(name), records.as_record(records.made(other))]):
        take(record)
    key = records.made(name).key
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [[key, "1"]]
    poison = records.poisoned(name)
    for record in received(poison.values(), first_offset=5):
        take(record)
    assert {line[:10] for line in capsys.readouterr().out.splitlines()} == {"put aside:"}
    aside = [line.split() for line in (here / "aside.txt").read_text().splitlines()]
    places = [(data.TOPIC.name, "2", str(offset)) for offset in range(5, 5 + len(poison))]
    assert [(topic, partition, offset) for topic, partition, offset, *_ in aside] == places
    assert {code for _, _, _, code, *_ in aside} == {"invalid_event:", "unknown_type:", "unknown_version:"}
    for record in received(records.from_the_future(name)):
        taking(snippets[name]["Python"].code)(record)
    assert len(capsys.readouterr().out.splitlines()) == len(records.from_the_future(name))


@BY_TYPE
def test_every_language_takes_each_record_through_the_order_and_puts_aside_what_it_cannot_read(
    data: type[EventData], snippets: dict[str, dict[str, Snippet]]
) -> None:
    for language, one in snippets[data.__name__].items():
        assert re.search(r"streams\.take\(", one.code, re.IGNORECASE), language
        assert re.search(r"streams\.overdue\(", one.code, re.IGNORECASE), language
        assert "aside.txt" in one.code, language


@BY_TYPE
def test_every_language_takes_the_authority_from_the_environment(
    data: type[EventData], snippets: dict[str, dict[str, Snippet]]
) -> None:
    assert [one.language for one in snippets[data.__name__].values() if "BIN_CA_FILE" not in one.code] == []


@BY_TYPE
def test_each_language_names_the_topic_the_type_and_fields_that_exist(
    data: type[EventData], snippets: dict[str, dict[str, Snippet]]
) -> None:
    fields = set(reader_schema(data)["properties"])
    camel = {re.sub(r"_(\w)", lambda match: match[1].upper(), field) for field in fields}
    of = snippets[data.__name__]
    assert list(of) == ["Python", "Java", "C#", "TypeScript"]
    for language, named in {
        "Python": set(re.findall(r"\bdata\.(\w+)", of["Python"].code)),
        "Java": set(re.findall(r"\bdata\.(\w+)\(", of["Java"].code)),
        "C#": set(re.findall(r'\bdata\["(\w+)"\]', of["C#"].code)),
        "TypeScript": set(re.findall(r"\bdata\.(\w+)", of["TypeScript"].code)),
    }.items():
        assert named, language
        assert named <= (camel if language == "Java" else fields), language
        assert f'"{data.TOPIC.name}"' in of[language].code
        assert data.TYPE in of[language].code or data.__name__ in of[language].code
