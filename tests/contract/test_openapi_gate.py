"""A breaking change of a service's `/v1` routes is refused unless the CHANGELOG announces it."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from buurtsein_contracts.gate.engine import JsonCompat
from buurtsein_contracts.gate.openapi import breaking_changes, unannounced
from buurtsein_contracts.gate.verdict import Finding

type Document = dict[str, Any]
type Change = Callable[[Document, Document, Document], object]
"""Changes the document; it gets the operation, the schema of the request and that of the response as well."""


SERVICES = Path(__file__).parents[2] / "services"
DOCUMENTS = {path.parent.name: json.loads(path.read_text()) for path in sorted(SERVICES.glob("*/openapi.json"))}
"""The committed documents; another test compares them with the code."""
NAME = "POST /v1/reports/{report_id}/notes"
TEXT = {"type": "string"}


def a_document() -> Document:
    operation = {
        "operationId": "add_note",
        "security": [{"Bearer": []}],
        "parameters": [
            {"name": "report_id", "in": "path", "required": True, "schema": TEXT | {"format": "uuid"}},
            {"name": "language", "in": "query", "schema": TEXT | {"enum": ["nl", "fr"]}},
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref("AddNote")}}},
        "responses": {
            "201": {"description": "Added.", "content": {"application/json": {"schema": ref("Note")}}},
            "4XX": {"description": "Refused.", "content": {"application/problem+json": {"schema": ref("Problem")}}},
        },
    }
    add_note = {
        "type": "object",
        "additionalProperties": False,
        "required": ["text"],
        "properties": {
            "text": TEXT | {"minLength": 1, "maxLength": 500},
            "code": TEXT | {"pattern": "^[a-z]*$"},
            "kind": TEXT | {"enum": ["public", "internal"]},
            "tags": {"type": "array", "items": ref("Tag"), "maxItems": 5},
        },
    }
    note = {
        "type": "object",
        "required": ["note_id", "author"],
        "properties": {
            "note_id": TEXT | {"format": "uuid"},
            "author": TEXT,
            "title": {"anyOf": [TEXT, {"type": "null"}]},
            "kind": TEXT | {"enum": ["public", "internal"]},
            "replies": {"type": "array", "items": ref("Note")},
        },
    }
    tag = {"type": "object", "additionalProperties": False, "required": ["name"], "properties": {"name": TEXT}}
    problem = {"type": "object", "required": ["code"], "properties": {"code": TEXT, "title": TEXT}}
    return {
        "openapi": "3.1.0",
        "paths": {"/v1/reports/{report_id}/notes": {"post": operation}, "/health/live": {"get": {"responses": {}}}},
        "components": {
            "schemas": {"AddNote": add_note, "Note": note, "Tag": tag, "Problem": problem},
            "securitySchemes": {"Bearer": {"type": "http", "scheme": "bearer", "description": "A token."}},
        },
    }


def ref(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def after(change: Change) -> list[Finding]:
    old = a_document()
    new = json.loads(json.dumps(old))
    schemas, operation = new["components"]["schemas"], new["paths"]["/v1/reports/{report_id}/notes"]["post"]
    change(operation, schemas["AddNote"], schemas["Note"])
    new["paths"] = {path: item for path, item in new["paths"].items() if item}
    return breaking_changes(old, new, JsonCompat())


BREAKS: dict[str, tuple[str, Change]] = {
    "a response status is removed": ("response", lambda o, _q, _a: o["responses"].pop("201")),
    "a refusal is removed": ("response", lambda o, _q, _a: o["responses"].pop("4XX")),
    "a required request field is added": (
        "request",
        lambda _o, q, _a: (q["properties"].update(more=TEXT), q["required"].append("more")),
    ),
    "a request field becomes required": ("request", lambda _o, q, _a: q["required"].append("kind")),
    "a request field is removed": ("request", lambda _o, q, _a: q["properties"].pop("code")),
    "a value of a request enum is removed": ("request", lambda _o, q, _a: q["properties"]["kind"]["enum"].pop()),
    "a request text gets shorter": ("request", lambda _o, q, _a: q["properties"]["text"].update(maxLength=400)),
    "a request text gets a minimum": ("request", lambda _o, q, _a: q["properties"]["code"].update(minLength=1)),
    "a request pattern gets narrower": (
        "request",
        lambda _o, q, _a: q["properties"]["code"].update(pattern="^[a-c]*$"),
    ),
    "a request list gets shorter": ("request", lambda _o, q, _a: q["properties"]["tags"].update(maxItems=4)),
    "a request type changes": ("request", lambda _o, q, _a: q["properties"].update(text={"type": "integer"})),
    "another media type is wanted": (
        "request",
        lambda o, _q, _a: o["requestBody"].update(content={"text/csv": {"schema": TEXT}}),
    ),
    "a required parameter is added": (
        "parameter",
        lambda o, _q, _a: o["parameters"].append({"name": "zone", "in": "query", "required": True, "schema": TEXT}),
    ),
    "a parameter becomes required": ("parameter", lambda o, _q, _a: o["parameters"][1].update(required=True)),
    "a parameter is removed": ("parameter", lambda o, _q, _a: o["parameters"].pop()),
    "a parameter takes fewer values": ("request", lambda o, _q, _a: o["parameters"][1]["schema"]["enum"].pop()),
    "a parameter gets another format": ("format", lambda o, _q, _a: o["parameters"][0].update(schema=TEXT)),
    "a required response field is removed": (
        "response",
        lambda _o, _q, a: (a["properties"].pop("author"), a["required"].remove("author")),
    ),
    "an optional response field is removed": ("response", lambda _o, _q, a: a["properties"].pop("title")),
    "a response field becomes optional": ("response", lambda _o, _q, a: a["required"].remove("author")),
    "a response type changes": ("response", lambda _o, _q, a: a["properties"].update(author={"type": "integer"})),
    "a response field may be null": (
        "response",
        lambda _o, _q, a: a["properties"].update(author={"anyOf": [TEXT, {"type": "null"}]}),
    ),
    "a response format changes": ("format", lambda _o, _q, a: a["properties"]["note_id"].update(format="date")),
    "a response has another media type": (
        "response",
        lambda o, _q, _a: o["responses"]["201"].update(content={"text/csv": {"schema": TEXT}}),
    ),
    "no token is needed any more": ("security", lambda o, _q, _a: o["security"].append({})),
    "a scope is needed": ("security", lambda o, _q, _a: o.update(security=[{"Bearer": ["notes"]}])),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_change_that_breaks_a_client_is_found(what: str) -> None:
    rule, change = BREAKS[what]
    found = after(change)
    assert rule in [finding.rule for finding in found], found
    assert {finding.where for finding in found} == {NAME}


def test_an_operation_that_is_gone_is_found() -> None:
    old = a_document()
    new = copy.deepcopy(old)
    del new["paths"]["/v1/reports/{report_id}/notes"]
    assert [(f.rule, f.where) for f in breaking_changes(old, new, JsonCompat())] == [("operation", NAME)]


HARMLESS: dict[str, Change] = {
    "nothing": lambda _o, _q, _a: None,
    "a description": lambda o, q, _a: (
        o.update(description="New."),
        q["properties"]["text"].update(description="New."),
    ),
    "an optional request field is added": lambda _o, q, _a: q["properties"].update(more=TEXT),
    "a request field becomes optional": lambda _o, q, _a: q["required"].remove("text"),
    "a request text may be longer": lambda _o, q, _a: q["properties"]["text"].update(maxLength=600),
    "a value of a request enum is added": lambda _o, q, _a: q["properties"]["kind"]["enum"].append("police"),
    "an optional parameter is added": lambda o, _q, _a: o["parameters"].append(
        {"name": "zone", "in": "query", "schema": TEXT}
    ),
    "a response field is added": lambda _o, _q, a: (a["properties"].update(more=TEXT), a["required"].append("more")),
    "a response field becomes required": lambda _o, _q, a: a["required"].append("kind"),
    "a value of a response enum is added": lambda _o, _q, a: a["properties"]["kind"]["enum"].append("police"),
    "a response text may be longer": lambda _o, _q, a: a["properties"]["author"].update(maxLength=600),
    "a response is added": lambda o, _q, _a: o["responses"].update({"200": {"description": "Was there."}}),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_a_change_that_breaks_nobody_is_allowed(what: str) -> None:
    assert after(HARMLESS[what]) == []


def test_a_path_parameter_may_have_another_name_and_an_operation_may_be_added() -> None:
    old = a_document()
    new = copy.deepcopy(old)
    operation = new["paths"].pop("/v1/reports/{report_id}/notes")["post"]
    operation["parameters"][0]["name"] = "id"
    new["paths"]["/v1/reports/{id}/notes"] = {"post": operation, "get": {"responses": {}}}
    assert breaking_changes(old, new, JsonCompat()) == []


def test_a_path_outside_the_version_may_go() -> None:
    old = a_document()
    new = copy.deepcopy(old)
    del new["paths"]["/health/live"]
    assert breaking_changes(old, new, JsonCompat()) == []


@pytest.mark.parametrize("service", DOCUMENTS)
def test_the_documents_of_today_do_not_break_themselves(service: str) -> None:
    same = copy.deepcopy(DOCUMENTS[service])
    same["components"]["schemas"] = dict(reversed(same["components"]["schemas"].items()))
    assert breaking_changes(DOCUMENTS[service], same, JsonCompat()) == []


def part_of(document: Document, wanted: Callable[[str], bool]) -> Document:
    """Return an OpenAPI document with only these paths and the schemas that they use."""
    paths = {path: item for path, item in document["paths"].items() if wanted(path)}
    schemas, kept, left = document["components"]["schemas"], {}, named_schemas(paths)
    while left:
        name = left.pop()
        kept[name] = schemas[name]
        left |= named_schemas(kept[name]) - kept.keys()
    return document | {"paths": paths, "components": document["components"] | {"schemas": kept}}


def named_schemas(part: object) -> set[str]:
    """Return the names of the schemas to which a part of an OpenAPI document refers."""
    return set(re.findall('"#/components/schemas/([^"]+)"', json.dumps(part)))


def of_operations(path: str) -> bool:
    """Return whether a path is one of the operators' routes, which are identical in every service."""
    return path.startswith("/v1/operations/")


PARTS = {name: part_of(document, lambda path: not of_operations(path)) for name, document in DOCUMENTS.items()} | {
    "operations": part_of(DOCUMENTS["funding"], of_operations)
}


@pytest.mark.parametrize("part", PARTS)
def test_an_additional_optional_field_is_no_break_in_any_schema(part: str) -> None:
    more = copy.deepcopy(PARTS[part])
    for schema in more["components"]["schemas"].values():
        if "properties" in schema:
            schema["properties"]["more_than_before"] = TEXT
    assert breaking_changes(PARTS[part], more, JsonCompat()) == []


def first_use_of_each_schema(document: Document) -> Iterator[tuple[Document, str]]:
    """Yield each schema, with a document that contains only the first path that uses this schema."""
    seen: set[str] = set()
    for path in filter(re.compile("/v1/").match, document["paths"]):
        part = part_of(document, path.__eq__)
        new = part["components"]["schemas"].keys() - seen
        yield from ((part, name) for name in sorted(new))
        seen |= new


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("part", PARTS)
def test_a_removed_field_is_a_break_in_every_schema(part: str, every: int) -> None:
    """Remove each field of every eighth schema, and in `make thorough` of every schema."""
    for used, name in islice(first_use_of_each_schema(PARTS[part]), 0, None, every):
        for field in used["components"]["schemas"][name].get("properties", {}):
            less = copy.deepcopy(used)
            changed = less["components"]["schemas"][name]
            del changed["properties"][field]
            changed["required"] = [each for each in changed.get("required", ()) if each != field]
            assert breaking_changes(used, less, JsonCompat()), (name, field)


BROKEN = [Finding("response", NAME, "it is gone", "keep it")]


@pytest.mark.parametrize(
    ("unreleased", "excused"),
    [
        ("### Changed\n\n- Breaking: `POST /v1/reports/{id}/notes` no longer\n  answers 201.\n", True),
        ("- Breaking: `GET /v1/reports` and POST /v1/reports/{report_id}/notes changed.\n", True),
        ("- `POST /v1/reports/{id}/notes` is new.\n", False),
        ("- Breaking: `POST /v1/reports/{id}/notes/{note}` is gone.\n", False),
        ("- Breaking: `POST /v1/reports` is gone.\n", False),
        ("", False),
    ],
)
def test_a_break_is_excused_by_a_breaking_line_that_names_the_operation(unreleased: str, excused: bool) -> None:
    changelog = f"# Changelog\n\n## [Unreleased]\n\n{unreleased}\n## [1.0.0]\n\n- Breaking: `{NAME}` did so then.\n"
    assert unannounced(BROKEN, changelog) == ([] if excused else BROKEN)
