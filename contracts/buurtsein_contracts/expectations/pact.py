"""Converts expectations to Pact V4 message pacts, and checks pacts that teams send us; no Pact broker is needed.

Source: Pact specification V4, `Asynchronous/Messages`. An expectation becomes one pact for each provider, with contents
from our own examples. A received pact holds when one of our examples satisfies each interaction, and each field in it
is always sent.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from buurtsein_contracts.expectations.model import ExpectationFile, ExpectedEvent, UnusableFile
from buurtsein_contracts.expectations.proof import Catalogue, always_there
from buurtsein_contracts.fields import fields_of
from buurtsein_contracts.gate.contract import Contract
from buurtsein_contracts.gate.verdict import Finding
from buurtsein_contracts.lines import line_of
from buurtsein_contracts.topics import topic_named

type Json = Any

_SPECIFICATION = {"pactSpecification": {"version": "4.0"}}


def to_pacts(file: ExpectationFile, catalogue: Catalogue, root: Path) -> dict[str, dict[str, Json]]:
    """Convert an expectation to pacts: one for each of our services whose topics it reads, by the service's name."""
    pacts: dict[str, dict[str, Json]] = {}
    for expected in file.expectation.expects:
        contract = catalogue.present[expected.type]
        provider = topic_named(contract.topic).owner
        pact = pacts.setdefault(provider, _empty(file.expectation.consumer, provider))
        pact["interactions"].append(_interaction(expected, _examples(contract, root)[0]))
    return pacts


def _empty(consumer: str, provider: str) -> dict[str, Json]:
    names = {"consumer": {"name": consumer}, "provider": {"name": provider}}
    return {**names, "interactions": [], "metadata": dict(_SPECIFICATION)}


def _interaction(expected: ExpectedEvent, example: Json) -> dict[str, Json]:
    rules = {_expression(path): {"combine": "AND", "matchers": [{"match": "type"}]} for path in expected.fields}
    return {
        "type": "Asynchronous/Messages",
        "description": f"an event {expected.type}",
        "contents": {
            "contentType": "application/json",
            "encoded": False,
            "content": _pruned(example, [path.replace("[]", "").split(".") for path in expected.fields]),
        },
        "metadata": {"contentType": "application/json", "ce_type": expected.type},
        "matchingRules": {"body": rules},
    }


def _expression(path: str) -> str:
    return "$." + path.replace("[]", "[*]")


def _pruned(node: Json, wanted: list[list[str]]) -> Json:
    """Return a copy of a JSON document that has only the fields at these paths."""
    if [] in wanted or not isinstance(node, dict | list):
        return node
    if isinstance(node, list):
        return [_pruned(item, wanted) for item in node]
    below = {name: [path[1:] for path in wanted if path[0] == name] for name in node}
    return {name: _pruned(value, below[name]) for name, value in node.items() if below[name]}


def _examples(contract: Contract, root: Path) -> list[Json]:
    folder = root / contract.type / contract.version / "examples"
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def read_pact(path: Path) -> tuple[str, dict[str, Json]]:
    """Return a pact's text and its parsed content.

    Raises:
        UnusableFile: it is not a V4 message pact; the message names file, line and rule.
    """
    try:
        text = path.read_text()
        pact = json.loads(text)
        kinds = {interaction["type"] for interaction in pact["interactions"]}
        version = pact["metadata"]["pactSpecification"]["version"]
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableFile(f"{path}:{getattr(error, 'lineno', 1)}: pact: not a pact: {error}") from error
    if not str(version).startswith("4") or kinds != {"Asynchronous/Messages"}:
        where = f"{path}:{line_of(text, ('interactions',))}"
        raise UnusableFile(f"{where}: pact: only V4 with Asynchronous/Messages, not {version} with {sorted(kinds)}")
    return text, pact


def prove_pact(path: Path, catalogue: Catalogue, root: Path) -> Iterator[Finding]:
    """Yield a finding for each field or value that a pact asks for and that our events do not have.

    Raises UnusableFile as `read_pact` does.
    """
    text, pact = read_pact(path)
    who = pact["consumer"]["name"]
    for number, interaction in enumerate(pact["interactions"]):
        where = f"{path}:{line_of(text, ('interactions', number))}"
        type_name = interaction.get("metadata", {}).get("ce_type")
        if type_name not in catalogue.present:
            message = f"{who} asks {interaction.get('description')!r}, of unknown ce_type {type_name}"
            yield Finding("pact-type", where, message, "name the event in metadata.ce_type; see `list`")
            continue
        yield from _holds(interaction, catalogue.present[type_name], root, f"{where}: {who}", pact["provider"]["name"])


def _holds(interaction: Json, contract: Contract, root: Path, where: str, provider: str) -> Iterator[Finding]:
    owner = topic_named(contract.topic).owner
    if provider != owner:
        yield Finding("pact-provider", where, f"{contract.type} comes from {owner}, not {provider}", f"name {owner}")
    content = interaction["contents"]["content"]
    fields = fields_of(contract.writer)
    for path in _paths(content):
        if path not in fields:
            yield Finding("pact-field", where, f"{contract.label} has no {path}", "remove it from the pact")
        elif not always_there(fields, path):
            yield Finding("pact-required", where, f"{contract.label} may leave {path} out", "remove it from the pact")
    rules = interaction.get("matchingRules", {}).get("body", {})
    tries = [list(_mismatches(content, example, "$", rules)) for example in _examples(contract, root)]
    if all(tries):
        closest = min(tries, key=len)
        yield Finding(
            "pact-match", where, f"no example of {contract.label} fits: {'; '.join(closest)}", "see `examples`"
        )


def _paths(node: Json, prefix: str = "") -> Iterator[str]:
    """Yield the paths of the fields in a pact's content, in the notation of expectations, such as `location.nis`."""
    if isinstance(node, list):
        inner = {path for item in node for path in _paths(item, f"{prefix[:-1]}[].")} if prefix else set()
        yield from sorted(inner)
    elif isinstance(node, dict):
        for name, value in node.items():
            yield f"{prefix}{name}"
            yield from _paths(value, f"{prefix}{name}.")


def _mismatches(wanted: Json, got: Json, at: str, rules: Json) -> Iterator[str]:
    """Yield each place where a document differs from what a pact wants.

    Without a matching rule for the place, the values must be equal.
    """
    matchers = _matchers(at, rules)
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name, value in wanted.items():
            if name in got:
                yield from _mismatches(value, got[name], f"{at}.{name}", rules)
            else:
                yield f"{at}.{name} is not there"
    elif isinstance(wanted, list) and isinstance(got, list) and wanted and isinstance(wanted[0], dict | list):
        for item in got:
            yield from _mismatches(wanted[0], item, f"{at}[*]", rules)
    elif not matchers:
        yield from [] if wanted == got else [f"{at} is {got!r}, not {wanted!r}"]
    else:
        yield from (f"{at}: {m['match']} refuses {got!r}" for m in matchers if not _matches(m, wanted, got))


def _matchers(at: str, rules: Json) -> list[Json]:
    """Return the pact's matching rules for a path; a `type` rule of a parent also holds for the fields below it."""
    if at in rules:
        return list(rules[at]["matchers"])
    parent = re.sub(r"(\[\*\]|\.[^.\[]+)$", "", at)
    inherited = _matchers(parent, rules) if parent != at else []
    return [matcher for matcher in inherited if matcher["match"] == "type"]


def _matches(matcher: Json, wanted: Json, got: Json) -> bool:
    test = _MATCHERS.get(matcher["match"])
    return test is not None and test(matcher, wanted, got)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_MATCHERS: dict[str, Callable[[Json, Json, Json], bool]] = {
    "type": lambda _, wanted, got: type(wanted) is type(got) or (_is_number(wanted) and _is_number(got)),
    "regex": lambda matcher, _, got: re.fullmatch(matcher["regex"], str(got)) is not None,
    "integer": lambda _, __, got: _is_number(got) and isinstance(got, int),
    "number": lambda _, __, got: _is_number(got),
    "decimal": lambda _, __, got: _is_number(got),
    "boolean": lambda _, __, got: isinstance(got, bool),
    "include": lambda matcher, _, got: str(matcher["value"]) in str(got),
    "equality": lambda _, wanted, got: bool(wanted == got),
}
"""A matcher that is not listed here matches nothing, so that a pact we cannot check never counts as proved."""
