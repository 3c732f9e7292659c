"""Whether a document is what a pact describes: Pact's matching rules for JSON and for metadata.

Source: Pact specification V3 and V4, "matching rules", and the verdicts of the real verifier (pact_ffi 0.5), which
`tests/contract/pacts/` keeps. Invariant: a matcher that is not known here is told to be unknown, never taken to hold.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from buurtsein_contracts.expectations.java_times import pattern_of

type Json = Any
type Step = str | int

_STEP = re.compile(r"\.?\[\*\]|\.?\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]|\.(\*)|\.([^.\[\]]+)")
_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
_NOT_INHERITED = frozenset({"values", "eachKey", "eachValue", "arrayContains"})
"""Matchers for one object or list, which say nothing of what is in its members."""
_WHOLE = frozenset({"equality", "notEmpty"})
"""Matchers that also look at a whole list or object."""
_MOMENTS = frozenset({"date", "time", "datetime", "timestamp"})


class Unsupported(Exception):
    """A matcher, or the format of one, that cannot be judged here; the text names it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The matchers for one path; `steps` has `*` for any member and -1 for any item."""

    steps: tuple[Step, ...]
    matchers: Sequence[Mapping[str, Json]]
    either: bool

    def weight(self, path: Sequence[Step]) -> int:
        """How well it fits a path or a parent of it; 0 when it does not."""
        own = len(self.steps) == len(path)
        if len(self.steps) > len(path) or (not own and any(one["match"] in _NOT_INHERITED for one in self.matchers)):
            return 0
        weight = 1
        for wanted, step in zip(self.steps, path, strict=False):
            weight *= _fits(wanted, step)
        return weight * 2 * (len(self.steps) + 1)


def _fits(wanted: Step, step: Step) -> int:
    if wanted == step:
        return 2
    return int(wanted == "*" or (wanted == -1 and isinstance(step, int)))


def rules_of(written: Mapping[str, Json]) -> list[Rule]:
    """The rules of a body, by path expression as they are written."""
    return [Rule(_steps(path), one.get("matchers", []), one.get("combine") == "OR") for path, one in written.items()]


def _steps(path: str) -> tuple[Step, ...]:
    rest, steps = path.removeprefix("$"), list[Step]()
    while rest:
        match = _STEP.match(rest)
        if match is None:
            raise Unsupported(f"path {path}")
        quoted, index, star, name = match.groups()
        steps.append(int(index) if index else quoted or star or name or -1)
        rest = rest[match.end() :]
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Judge:
    """Compares documents by the rules of one interaction."""

    rules: Sequence[Rule]

    def mismatches(self, wanted: Json, got: Json, path: tuple[Step, ...] = ()) -> Iterator[str]:
        """Where a document is not what was wanted; Unsupported."""
        rule = max(self.rules, key=lambda one: one.weight(path), default=None)
        rule = rule if rule and rule.weight(path) else None
        if isinstance(wanted, dict) and isinstance(got, dict):
            yield from self._maps(wanted, got, path, rule)
        elif isinstance(wanted, list) and isinstance(got, list):
            yield from self._lists(wanted, got, path, rule)
        elif isinstance(wanted, dict | list):
            yield f"{_at(path)} is {_kind(got)}, not {_kind(wanted)}"
        elif rule is None:
            yield from [] if _equal(wanted, got) else [f"{_at(path)} is {got!r}, not {wanted!r}"]
        else:
            yield from self._value(wanted, got, path, rule)

    def _value(self, wanted: Json, got: Json, path: tuple[Step, ...], rule: Rule) -> Iterator[str]:
        refusals = [
            f"{_at(path)}: {matcher['match']} refuses {got!r}"
            for matcher in rule.matchers
            if not _matches(matcher, wanted, got)
        ]
        if refusals and not (rule.either and len(refusals) < len(rule.matchers)):
            yield from refusals

    def _maps(self, wanted: Json, got: Json, path: tuple[Step, ...], rule: Rule | None) -> Iterator[str]:
        kinds = {matcher["match"]: matcher for matcher in rule.matchers} if rule else {}
        own = rule is not None and len(rule.steps) == len(path)
        yield from _whole(rule, wanted, got, path) if rule and own else []
        if own and kinds.keys() & {"values", "eachKey", "eachValue"}:
            yield from self._each(wanted, got, path, kinds)
            return
        for name, value in wanted.items():
            if name in got:
                yield from self.mismatches(value, got[name], (*path, name))
            else:
                yield f"{_at((*path, name))} is not there"

    def _each(self, wanted: Json, got: Json, path: tuple[Step, ...], kinds: Mapping[str, Json]) -> Iterator[str]:
        """Every key, and every value by the example's first, whatever keys the example has."""
        example = next(iter(wanted.values()), None)
        for name, value in got.items():
            for one in kinds.get("eachKey", {}).get("rules", []):
                if not _matches(one, name, name):
                    yield f"{_at(path)}: {one['match']} refuses the key {name!r}"
            for one in kinds.get("eachValue", {}).get("rules", []):
                if wanted and not _matches(one, wanted.get(name, example), value):
                    yield f"{_at((*path, name))}: {one['match']} refuses {value!r}"
            if "values" in kinds and wanted:
                yield from self.mismatches(wanted.get(name, example), value, (*path, name))

    def _lists(self, wanted: Json, got: Json, path: tuple[Step, ...], rule: Rule | None) -> Iterator[str]:
        own = [*rule.matchers] if rule and len(rule.steps) == len(path) else []
        contains = [matcher for matcher in own if matcher["match"] == "arrayContains"]
        if contains:
            yield from (found for matcher in contains for found in self._contains(matcher, wanted, got, path))
            return
        if rule is None and len(wanted) != len(got):
            yield f"{_at(path)} has {len(got)} items, not {len(wanted)}"
        if own and not wanted:
            return  # the real verifier asks nothing of a list whose example is empty
        yield from _whole(rule, wanted, got, path) if rule and own else []
        yield from (found for matcher in own for found in _length(matcher, got, path))
        filled = [*wanted, *wanted[:1] * (len(got) - len(wanted))] if rule else wanted
        for index, (one, item) in enumerate(zip(filled, got, strict=False)):
            yield from self.mismatches(one, item, (*path, index))

    def _contains(self, matcher: Json, wanted: Json, got: Json, path: tuple[Step, ...]) -> Iterator[str]:
        for variant in matcher["variants"]:
            judge, example = Judge(rules_of(variant.get("rules", {}))), wanted[variant["index"]]
            if all(any(judge.mismatches(example, item)) for item in got):
                yield f"{_at(path)} has no item like {example!r}"


def _at(path: Sequence[Step]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _kind(value: Json) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _equal(wanted: Json, got: Json) -> bool:
    return type(wanted) is type(got) and bool(wanted == got)


def _whole(rule: Rule, wanted: Json, got: Json, path: Sequence[Step]) -> Iterator[str]:
    for matcher in rule.matchers:
        if matcher["match"] in _WHOLE and not _matches(matcher, wanted, got):
            yield f"{_at(path)}: {matcher['match']} refuses {got!r}"


def _length(matcher: Json, got: list[Json], path: Sequence[Step]) -> Iterator[str]:
    least, most = matcher.get("min"), matcher.get("max")
    if least is not None and len(got) < least:
        yield f"{_at(path)} has {len(got)} items, at least {least} are wanted"
    if most is not None and len(got) > most:
        yield f"{_at(path)} has {len(got)} items, at most {most} are wanted"


def _matches(matcher: Json, wanted: Json, got: Json) -> bool:
    name = matcher["match"]
    if name in _MOMENTS:
        written = matcher.get("format") or matcher.get(name) or ""
        if not written or (pattern := pattern_of(written)) is None:
            raise Unsupported(f"matcher {name} with the format '{written}'")
        return isinstance(got, str) and pattern(got)
    test = _MATCHERS.get(name)
    if test is None:
        raise Unsupported(f"matcher {name}")
    return test(matcher, wanted, got)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same_type(_: Json, wanted: Json, got: Json) -> bool:
    return type(wanted) is type(got) or (_is_number(wanted) and _is_number(got))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else str(value)


_MATCHERS: dict[str, Callable[[Json, Json, Json], bool]] = {
    "type": _same_type,
    "regex": lambda matcher, _, got: re.fullmatch(matcher["regex"], _text(got)) is not None,
    "integer": lambda _, __, got: _is_number(got) and isinstance(got, int),
    "number": lambda _, __, got: _is_number(got),
    "decimal": lambda _, __, got: isinstance(got, float),
    "boolean": lambda _, __, got: isinstance(got, bool) or got in ("true", "false"),
    "null": lambda _, __, got: got is None,
    "include": lambda matcher, _, got: matcher["value"] in _text(got),
    "equality": lambda _, wanted, got: _equal(wanted, got),
    "min": _same_type,
    "max": _same_type,
    "notEmpty": lambda _, __, got: got not in ("", [], {}, None),
    "semver": lambda _, __, got: isinstance(got, str) and _SEMVER.fullmatch(got) is not None,
}
