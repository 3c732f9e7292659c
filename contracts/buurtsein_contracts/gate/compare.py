"""Compares two versions of an event's contract: old and new readers must accept the events of both writers.

Rule "backward": today's reader accepts what was sent under the older version. Rule "forward": a reader of the older
version accepts what is sent today. Checked against every released version of a major, this is what schema registries
call FULL_TRANSITIVE.
"""

from collections.abc import Iterator
from typing import Any

from buurtsein_contracts.fields import Field, fields_of
from buurtsein_contracts.gate.contract import Contract
from buurtsein_contracts.gate.engine import Containment
from buurtsein_contracts.gate.verdict import Finding, Level, Verdict

NEW_TYPE = "make it a new type, `.v{major}`, and publish both until nobody reads the old one"
_DOCUMENTATION = frozenset({"description", "x-description-nl", "title", "$id", "$schema", "examples"})


def compare(old: Contract, new: Contract, engine: Containment) -> Verdict:
    """Compare two versions of a contract; return the changed fields, the level of the change and the broken rules."""
    findings = (*_identity(old, new), *_contained(old, new, engine), *_own_rules(old, new))
    changed = tuple(_changed(old, new))
    if findings:
        level = Level.MAJOR
    elif changed or set(new.topics) - set(old.topics):
        level = Level.MINOR
    else:
        level = Level.PATCH if _without_ids(old) != _without_ids(new) else Level.NONE
    return Verdict(level, findings, changed)


def _way_out(contract: Contract) -> str:
    number = int(contract.type.rpartition(".v")[2])
    return NEW_TYPE.format(major=number + 1)


def _identity(old: Contract, new: Contract) -> Iterator[Finding]:
    for rule, before, after in (
        ("type", old.type, new.type),
        ("topic", old.topic, new.topic),
        ("key", old.key, new.key),
        ("subject", old.subject, new.subject),
    ):
        if before != after:
            message = f"the {rule} was {before} and is now {after}: subscriptions, order per key and links depend on it"
            yield Finding(rule, new.label, message, _way_out(new))
    for gone in sorted(set(old.also_on) - set(new.also_on)):
        message = f"it was on {gone} too and is there no longer: who reads it there gets no more of them"
        yield Finding("topic", new.label, message, _way_out(new))


def _contained(old: Contract, new: Contract, engine: Containment) -> Iterator[Finding]:
    if (document := engine.outside(old.writer, new.reader)) is not None:
        message = f"an event written under {old.version}, still on the topic, is refused by today's reader"
        yield Finding("backward", new.label, message, _way_out(new), document)
    if (document := engine.outside(new.writer, old.reader)) is not None:
        message = f"an event written now is refused by who built on {old.version}"
        yield Finding("forward", new.label, message, _way_out(new), document)


def _own_rules(old: Contract, new: Contract) -> Iterator[Finding]:
    before, after = fields_of(old.reader), fields_of(new.reader)
    for path in before.keys() & after.keys():
        yield from _field_rules(before[path], after[path], new)
    promised = new.reader.get("x-there-when", {})
    for path, when in old.reader.get("x-there-when", {}).items():
        if promised.get(path) != when and not (path in after and after[path].required):
            message = f"it was always there with {when}, and need not be any more: readers count on it"
            yield Finding("promise", f"{new.label} {path}", message, _way_out(new))


def _field_rules(old: Field, new: Field, contract: Contract) -> Iterator[Finding]:
    where, out = f"{contract.label} {new.path}", _way_out(contract)
    if _format(old) != _format(new):
        message = f"the format was {_format(old)} and is now {_format(new)}: readers parse it"
        yield Finding("format", where, message, out)
    if old.schema.get("default") != new.schema.get("default"):
        message = f"the default was {old.schema.get('default')!r} and is now {new.schema.get('default')!r}"
        yield Finding("default", where, message, out)
    if old.values and not old.is_open and new.is_open:
        yield Finding("enum", where, "a closed enum was opened: older readers refuse every new value", out)
    if _privacy(new) == "none" != _privacy(old):
        message = f"the privacy tag {_privacy(old)} was taken away: who protected it no longer would"
        yield Finding("privacy", where, message, f"keep x-personal-data: {_privacy(old)}")


def _format(field: Field) -> str | None:
    inner = field.schema.get("items", field.schema)
    return str(inner["format"]) if "format" in inner else None


def _privacy(field: Field) -> str:
    return str(field.schema.get("x-personal-data", "none"))


def _changed(old: Contract, new: Contract) -> Iterator[str]:
    sides = [(fields_of(old.writer), fields_of(new.writer)), (fields_of(old.reader), fields_of(new.reader))]
    paths = dict.fromkeys(path for pair in sides for fields in pair for path in fields)
    return (path for path in paths if not all(_same(before, after, path) for before, after in sides))


def _same(before: dict[str, Field], after: dict[str, Field], path: str) -> bool:
    old, new = before.get(path), after.get(path)
    if old is None or new is None:
        return old is new
    return old.required == new.required and _bare(old.schema) == _bare(new.schema)


def _bare(node: Any) -> Any:
    """Return a schema without descriptions and without its properties, which are compared one by one."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    skipped = _DOCUMENTATION | ({"properties", "required"} if "properties" in node else set())
    return {key: _bare(value) for key, value in node.items() if key not in skipped}


def _without_ids(contract: Contract) -> list[Any]:
    return [{key: value for key, value in s.items() if key != "$id"} for s in (contract.writer, contract.reader)]
