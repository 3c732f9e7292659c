"""Expectations as Pact V4 message pacts, out and in, for teams that work with Pact; no broker is needed.

Source: Pact specification V4, `Asynchronous/Messages`. Out: one pact for each provider, its contents taken from our own
examples. In: an interaction holds when one of our examples satisfies it, and each field in it is always sent.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from buurtsein_contracts.envelope import EVENT_BY_TYPE, to_kafka
from buurtsein_contracts.expectations.matching import Judge, Rule, Unsupported, rules_of
from buurtsein_contracts.expectations.model import ExpectationFile, ExpectedEvent, UnusableFile
from buurtsein_contracts.expectations.proof import Catalogue, always_there
from buurtsein_contracts.fields import fields_of
from buurtsein_contracts.gate.contract import Contract
from buurtsein_contracts.gate.verdict import Finding
from buurtsein_contracts.lines import line_of
from buurtsein_contracts.testing.records import event_from
from buurtsein_contracts.topics import topic_named

type Json = Any

_MESSAGES = "Asynchronous/Messages"
_SPECIFICATION = {"pactSpecification": {"version": "4.0"}}


def to_pacts(file: ExpectationFile, catalogue: Catalogue, root: Path) -> dict[str, dict[str, Json]]:
    """A pact by provider: the service that owns the topic."""
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
        "type": _MESSAGES,
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
    """A document with the wanted paths only."""
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
    """A pact's text and content.

    Raises:
        UnusableFile: not a V4 pact with messages; the text names file, line and rule.
    """
    try:
        text = path.read_text()
        pact = json.loads(text)
        version = str(pact["metadata"]["pactSpecification"]["version"])
        kinds = {interaction["type"] for interaction in pact.get("interactions", [])}
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableFile(f"{path}:{getattr(error, 'lineno', 1)}: pact: not a pact: {error}") from error
    where = f"{path}:{line_of(text, ('metadata', 'pactSpecification'))}"
    if not version.startswith("4"):
        raise UnusableFile(f"{where}: pact: this is a V{version[:1]} pact: write it with specification V4")
    if _MESSAGES not in kinds:
        raise UnusableFile(f"{where}: pact: no {_MESSAGES} in it, only {', '.join(sorted(kinds)) or 'nothing'}")
    return text, pact


def prove_pact(path: Path, catalogue: Catalogue, root: Path) -> Iterator[Finding]:
    """What a pact asks of messages and we do not give; other interactions are passed over.

    Raises:
        UnusableFile: as `read_pact`.
    """
    text, pact = read_pact(path)
    who = pact["consumer"]["name"]
    for number, interaction in enumerate(pact["interactions"]):
        if interaction["type"] != _MESSAGES:
            continue
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
            yield Finding("pact-field", where, f"{contract.label} has no {path}", "take it out of the pact")
        elif not always_there(fields, path):
            yield Finding("pact-required", where, f"{contract.label} may leave {path} out", "take it out of the pact")
    try:
        tries = [
            list(differences(interaction, example, _metadata(contract, example)))
            for example in _examples(contract, root)
        ]
    except Unsupported as unknown:
        message = f"{interaction.get('description')!r} uses what is not judged here: {unknown}"
        yield Finding("pact-unsupported", where, message, "use another matcher, or Pact's own verifier")
        return
    if all(tries):
        closest = min(tries, key=len)
        yield Finding(
            "pact-match", where, f"no example of {contract.label} fits: {'; '.join(closest)}", "see `examples`"
        )


def differences(interaction: Json, content: Json, sent: Mapping[str, str]) -> Iterator[str]:
    """Where a message with this content and metadata is not what an interaction wants; Unsupported."""
    rules = interaction.get("matchingRules") or {}
    yield from Judge(rules_of(rules.get("body", {}))).mismatches(interaction["contents"]["content"], content)
    for name, wanted in interaction.get("metadata", {}).items():
        rule = Rule((), (rules.get("metadata", {}).get(name) or {}).get("matchers", []), either=False)
        judge = Judge([rule] if rule.matchers else [])
        if name in sent:
            yield from (f"metadata {name}: {found}" for found in judge.mismatches(wanted, sent[name]))
        else:
            yield f"metadata {name} is not sent"


def _metadata(contract: Contract, example: Json) -> dict[str, str]:
    """What goes with a message: the headers of its record, and the topic."""
    data = EVENT_BY_TYPE[contract.type]
    record = to_kafka(event_from(data, example))
    headers = {name: value.decode() for name, value in record.headers}
    return headers | {"contentType": headers["content-type"], "kafka_topic": record.topic}


def _paths(node: Json, prefix: str = "") -> Iterator[str]:
    """The fields a content speaks of, in our notation."""
    if isinstance(node, list):
        inner = {path for item in node for path in _paths(item, f"{prefix[:-1]}[].")} if prefix else set()
        yield from sorted(inner)
    elif isinstance(node, dict):
        for name, value in node.items():
            yield f"{prefix}{name}"
            yield from _paths(value, f"{prefix}{name}.")
