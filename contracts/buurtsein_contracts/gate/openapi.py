"""Compares two OpenAPI documents of one service, and finds the changes that break a client of the older document.

A client of the older document sends what that document allows, and the newer service must accept it. The newer service
answers with what its document says, and the client must understand it. These changes break no client: changed
descriptions, new optional request fields and parameters, new response fields, wider limits, and new operations.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from buurtsein_contracts.fields import Schema
from buurtsein_contracts.gate.bodies import fields, sent, standalone, understood
from buurtsein_contracts.gate.engine import Containment
from buurtsein_contracts.gate.verdict import Finding

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_PARAMETER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation (path and method) with the OpenAPI document that contains it."""

    name: str
    """Method and path, such as `POST /v1/reports`."""
    content: Schema
    document: Schema

    @property
    def parameters(self) -> dict[str, Schema]:
        """Return the parameters by location and name; path parameters by position, since their names are never sent."""
        names = [name.strip("{}") for name in _PARAMETER.findall(self.name)]
        found = self.content.get("parameters", [])
        return {f"path parameter {names.index(p['name']) + 1}" if p["in"] == "path" else _said(p): p for p in found}

    @property
    def security(self) -> set[str]:
        """Return the alternative ways to authenticate, each as text with the definition of its schemes."""
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        wanted: list[Schema] = self.content.get("security") or self.document.get("security") or [{}]
        return {str(sorted((name, scopes, _bare(schemes.get(name))) for name, scopes in way.items())) for way in wanted}

    def schemas(self, part: Schema) -> dict[str, Schema]:
        """Return the schemas of a request body or a response by media type."""
        content = part.get("content", {})
        return {media: standalone(each.get("schema", {}), self.document) for media, each in content.items()}


def breaking_changes(old: Schema, new: Schema, engine: Containment, prefix: str = "/v1") -> list[Finding]:
    """Return a finding for each change from the old to the new OpenAPI 3.1 document that breaks a client.

    The field `where` of a finding names the operation. Only paths that begin with `prefix` count. A change that the
    engine cannot prove harmless is returned as well.
    """
    before, after = _operations(old, prefix), _operations(new, prefix)
    found: list[Finding] = []
    for key, operation in before.items():
        if key in after:
            found += _changes(operation, after[key], engine)
        else:
            found.append(_broken("operation", operation, "the operation is gone"))
    return found


def unannounced(findings: list[Finding], changelog: str) -> list[Finding]:
    """Return the findings about operations that no `Breaking:` line under Unreleased in the changelog names.

    Such a line is an item of a list, `- Breaking: ... POST /v1/reports ...`; the names of path parameters may differ.
    """
    section = re.search(r"^## \[?Unreleased\]?.*?(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    items = re.split(r"^[-*] ", section[0] if section else "", flags=re.MULTILINE)
    named = _plain(" ".join(" ".join(item.split()) for item in items if item.startswith("Breaking:")))
    return [f for f in findings if not re.search(rf"{re.escape(_plain(f.where))}(?![\w/{{-])", named)]


def _plain(name: str) -> str:
    return _PARAMETER.sub("{}", name)


def _operations(document: Schema, prefix: str) -> dict[str, _Operation]:
    found = {}
    for path, item in document["paths"].items():
        for method in _METHODS & item.keys() if path.startswith(f"{prefix}/") else ():
            name, content = f"{method.upper()} {path}", item[method]
            shared = item.get("parameters", [])
            content = content | {"parameters": [*shared, *content.get("parameters", [])]}
            found[_plain(name)] = _Operation(name, content, document)
    return found


def _said(parameter: Schema) -> str:
    return f"{parameter['in']} parameter {parameter['name']}"


def _bare(node: Any) -> Any:
    return {key: value for key, value in node.items() if key != "description"} if isinstance(node, dict) else node


def _broken(rule: str, operation: _Operation, message: str, document: str | None = None) -> Finding:
    way_out = f"keep it, or write `- Breaking: ... {operation.name} ...` under Unreleased in CHANGELOG.md"
    return Finding(rule, operation.name, message, way_out, document)


def _changes(old: _Operation, new: _Operation, engine: Containment) -> Iterator[Finding]:
    if old.security != new.security:
        yield _broken("security", old, f"authentication was {old.security} and is now {new.security}")
    yield from _parameters(old, new, engine)
    yield from _request(old, new, engine)
    yield from _responses(old, new, engine)


def _parameters(old: _Operation, new: _Operation, engine: Containment) -> Iterator[Finding]:
    before, after = old.parameters, new.parameters
    for name in sorted(before.keys() - after.keys()):
        yield _broken("parameter", old, f"the {name} is gone")
    for name, parameter in after.items():
        was = before.get(name, {})
        if parameter.get("required") and not was.get("required"):
            yield _broken("parameter", old, f"the {name} is required now")
        if was:
            schemas = [standalone(p.get("schema", {}), o.document) for p, o in ((was, old), (parameter, new))]
            yield from _narrowed(old, f"the {name}", schemas[0], schemas[1], engine)


def _request(old: _Operation, new: _Operation, engine: Containment) -> Iterator[Finding]:
    was, now = old.content.get("requestBody", {}), new.content.get("requestBody", {})
    if now.get("required") and not was.get("required"):
        yield _broken("request", old, "a request body is required now")
    after = new.schemas(now)
    for media, schema in old.schemas(was).items():
        if media in after:
            yield from _narrowed(old, "the request", schema, after[media], engine)
        else:
            yield _broken("request", old, f"a request as {media} is no longer accepted")


def _narrowed(operation: _Operation, what: str, old: Schema, new: Schema, engine: Containment) -> Iterator[Finding]:
    if old == new:
        return
    if (document := engine.outside(sent(old), new)) is not None:
        yield _broken("request", operation, f"{what} that was accepted before may be refused now", document)
    yield from _formats(operation, what, old, new)


def _responses(old: _Operation, new: _Operation, engine: Containment) -> Iterator[Finding]:
    answers = new.content["responses"]
    for status, response in old.content["responses"].items():
        if status not in answers:
            yield _broken("response", old, f"the response {status} is gone")
            continue
        after = new.schemas(answers[status])
        for media, schema in old.schemas(response).items():
            what = f"the response {status}"
            if media in after:
                yield from _changed(old, what, schema, after[media], engine)
            else:
                yield _broken("response", old, f"{what} is no longer given as {media}")


def _changed(operation: _Operation, what: str, old: Schema, new: Schema, engine: Containment) -> Iterator[Finding]:
    if old == new:
        return
    if gone := sorted(fields(old).keys() - fields(new).keys()):
        yield _broken("response", operation, f"{what} no longer has {', '.join(gone)}")
    elif (document := engine.outside(sent(new), understood(old))) is not None:
        yield _broken("response", operation, f"{what} may be one that clients do not understand", document)
    yield from _formats(operation, what, old, new)


def _formats(operation: _Operation, what: str, old: Schema, new: Schema) -> Iterator[Finding]:
    before, after = fields(old), fields(new)
    for path in sorted(before.keys() & after.keys()):
        if before[path] != after[path]:
            where = f"{path} in {what}" if path else what
            yield _broken("format", operation, f"{where} had the format {before[path]} and has {after[path]} now")
