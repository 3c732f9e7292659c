"""Makes a small consumer of one event in four languages; names and types in it come from the catalogue."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from buurtsein_contracts.portal.details import EventDetails

SHOWN = 3
"""The number of fields that a snippet prints."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A program in one language; `file` is the name under which to save it."""

    language: str
    file: str
    needs: str
    """What the reader must install or generate before running the program."""
    code: str


_COPY = "copy the folder {starter}/ beside this page, and put the file into it; then {run}"
_LANGUAGES: Sequence[tuple[str, str, str, str]] = (
    ("Python", "python.py.j2", "read_{snake}.py", 'pip install "buurtsein-contracts[kafka]"'),
    (
        "Java",
        "java.java.j2",
        "src/main/java/be/example/Read{name}.java",
        _COPY.format(starter="java", run="mvn compile exec:java -Dexec.mainClass=be.example.Read{name}"),
    ),
    ("C#", "csharp.cs.j2", "Program.cs", _COPY.format(starter="csharp", run="dotnet run")),
    (
        "TypeScript",
        "typescript.ts.j2",
        "read-{kebab}.ts",
        _COPY.format(starter="typescript", run="npm install && npm run build && node build/read-{kebab}.js"),
    ),
)


def snippets_of(event: EventDetails, templates: Environment) -> list[Snippet]:
    """Return the four programs in the order in which the page shows them."""
    words = _words(event)
    return [
        Snippet(
            language,
            file.format(**words),
            needs.format(**words),
            templates.get_template(f"snippets/{template}").render(words),
        )
        for language, template, file, needs in _LANGUAGES
    ]


def _words(event: EventDetails) -> dict[str, Any]:
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", event.name).lower()
    return {
        "name": event.name,
        "snake": snake,
        "kebab": snake.replace("_", "-"),
        "type": event.data.TYPE,
        "topic": event.topic.name,
        "fields": _fields(event),
    }


def _fields(event: EventDetails) -> list[str]:
    """Return an event's key field, and its first fields that are always present and are neither lists nor objects."""
    plain = [field.path for field in event.fields if field.always and _is_plain(field.path, field.kind)]
    key = event.topic.key
    return [key, *(path for path in plain if path != key)][:SHOWN]


def _is_plain(path: str, kind: str) -> bool:
    return "." not in path and not kind.startswith("list") and kind != "object"


def camel(name: str) -> str:
    """Return the Java name of a field: `alert_id` gives `alertId`."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
