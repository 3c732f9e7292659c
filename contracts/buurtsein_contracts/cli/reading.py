"""Defines the subcommands that show or check events: list, show, examples, validate, diff."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from buurtsein_contracts.cli.output import Json, WrongUse, event_named, say, say_findings, say_json, say_table
from buurtsein_contracts.envelope import Event, to_kafka
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.fields import fields_of
from buurtsein_contracts.gate.compare import compare
from buurtsein_contracts.gate.contract import Contract, committed, of_model
from buurtsein_contracts.gate.engine import JsonCompat
from buurtsein_contracts.goldens import FOLDER, folder_of
from buurtsein_contracts.http_binding import to_structured
from buurtsein_contracts.model import EventData
from buurtsein_contracts.testing.records import event_from
from buurtsein_contracts.topics import TOPICS
from buurtsein_contracts.validation import problems_in


def register(app: typer.Typer) -> None:
    """Add the subcommands of this module to the command `buurtsein-contracts`."""
    for verb in (show, examples, validate, diff):
        app.command()(verb)
    app.command("list")(list_events)


def list_events(
    *,
    topic: Annotated[str | None, typer.Option(help="Only the events of this topic.")] = None,
    as_json: Json = False,
) -> None:
    """List the events, each with its topic and who may read it."""
    chosen = [data for data in EVENTS if topic is None or topic in {each.name for each in data.topics()}]
    if not chosen:
        raise WrongUse(f"no topic {topic!r}; there are: {', '.join(each.name for each in TOPICS)}")
    rows = [
        (data.__name__, data.TYPE, data.VERSION, each.name, each.key, each.tier)
        for data in chosen
        for each in data.topics()
        if topic in {None, each.name}
    ]
    columns = ("name", "type", "version", "topic", "key", "tier")
    if as_json:
        say_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        say_table(columns, rows)


def show(event: str, *, as_json: Json = False) -> None:
    """Show one event: what it means, its topics, and each of its fields."""
    data = event_named(event)
    fields = fields_of(of_model(data).reader)
    if as_json:
        say_json(_described(data))
        return
    say(f"{data.__name__}  {data.TYPE}  {data.VERSION}\n{data.__doc__}\n")
    for topic in data.topics():
        kept = "for ever" if topic.retention_days is None else f"{topic.retention_days} days"
        say(f"topic {topic.name}, key {topic.key}, kept {kept}, written by {topic.owner}, for {topic.tier}")
    say("")
    say_table(
        ("field", "there", "kind", "personal", "meaning"),
        [
            (
                path,
                "always" if f.required else "perhaps",
                _kind(f.schema),
                f.schema["x-personal-data"],
                f.schema["description"],
            )
            for path, f in fields.items()
        ],
    )


def _described(data: type[EventData]) -> dict[str, Any]:
    contract = of_model(data)
    return {
        "name": data.__name__,
        "type": data.TYPE,
        "version": data.VERSION,
        "topic": data.TOPIC.name,
        "also_on": [topic.name for topic in data.ALSO_ON],
        "key": data.TOPIC.key,
        "owner": data.TOPIC.owner,
        "tier": data.TOPIC.tier,
        "retention_days": data.TOPIC.retention_days,
        "writer": contract.writer,
        "reader": contract.reader,
    }


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(form) for form in schema["anyOf"])
    if "prefixItems" in schema:
        return f"[{', '.join(_kind(part) for part in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if known := schema.get("enum"):
        return " | ".join(known)
    if known := schema.get("x-extensible-enum"):
        return " | ".join([*known, "..."])
    return str(schema.get("format") or schema.get("const") or schema.get("type") or "object")


def examples(
    event: str,
    *,
    binary: Annotated[bool, typer.Option("--binary", help="Show Kafka headers, key and value.")] = False,
    structured: Annotated[bool, typer.Option("--structured", help="Show one JSON object with the envelope.")] = False,
) -> None:
    """Show the examples of an event, one JSON document after another."""
    if binary and structured:
        raise WrongUse("choose --binary or --structured")
    data = event_named(event)
    for path in sorted((folder_of(data) / "examples").glob("*.json")):
        document = json.loads(path.read_text())
        say_json(_enveloped(event_from(data, document), binary=binary) if binary or structured else document)


def _enveloped(event: Event[Any], *, binary: bool) -> Any:
    if not binary:
        return json.loads(to_structured(event))
    record = to_kafka(event)
    headers = {name: value.decode() for name, value in record.headers}
    return {"topic": record.topic, "key": record.key.decode(), "headers": headers, "value": json.loads(record.value)}


def validate(
    file: Annotated[str, typer.Argument(help="A structured CloudEvent or only its data; - for standard input.")],
    *,
    event: Annotated[str | None, typer.Option("--type", help="The event, when the file has only its data.")] = None,
    strict: Annotated[bool, typer.Option(help="Check as a writer: refuse unknown fields and values.")] = False,
    as_json: Json = False,
) -> None:
    """Check whether a document is a valid event, and print line and broken rule of each fault."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file}: cannot be read: {error}") from error
    findings = problems_in(text, "stdin" if file == "-" else file, event_named(event) if event else None, strict=strict)
    say_findings(findings, "valid", as_json=as_json)


def diff(
    old: Annotated[str, typer.Argument(help="NAME@VERSION; without @VERSION the model as it is now.")],
    new: Annotated[str, typer.Argument(help="NAME@VERSION; without @VERSION the model as it is now.")],
    *,
    goldens: Annotated[Path, typer.Option(help="The folder of goldens.")] = FOLDER,
    as_json: Json = False,
) -> None:
    """Show what changed between two versions of an event, and which consumers break; exit with 1 when one breaks."""
    before, after = _contract(old, goldens), _contract(new, goldens)
    verdict = compare(before, after, JsonCompat())
    if not as_json:
        say(f"{before.label} -> {after.label}: {verdict.level}; changed: {', '.join(verdict.changed) or 'no field'}")
    say_findings(verdict.findings, "breaks nobody", as_json=as_json)


def _contract(name: str, root: Path) -> Contract:
    event, _, version = name.partition("@")
    data = event_named(event)
    if not version:
        return of_model(data)
    found = [c for c in committed(root, only_released=False) if (c.type, c.version) == (data.TYPE, version)]
    if not found:
        raise WrongUse(f"no version {version} of {data.__name__}")
    return found[0]
