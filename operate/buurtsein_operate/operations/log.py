"""Defines `buurtsein log`, which copies events from a service's topics back into the service's event log.

Invariant: the records of one key are sent to the service in the order of their sequences, each event once.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from aiokafka import ConsumerRecord

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of
from buurtsein_chassis.operations.models import MOST_AT_ONCE
from buurtsein_chassis.operations.recovery import RECOVERED
from buurtsein_contracts.envelope import place_of
from buurtsein_contracts.topics import Topic
from buurtsein_operate.operations.on_topic import event_id_in, read
from buurtsein_operate.operations.reach import checked, reach
from buurtsein_operate.operations.services import Operations, Row, way
from buurtsein_operate.output import Direct, DryRun, Json, OfService, Reason, Who, listing, moment

app = typer.Typer(no_args_is_help=True, help="The event log of a service after a restore of its database.")

MOST_BYTES = 40_000
"""The most bytes of records in one request, so that it stays below a service's `max_body_bytes` (64 KiB)."""
FINE = {RECOVERED, "known"}
COLUMNS = ("topic", "key", "sequence", "event_id", "type", "outcome")
OPEN = ("service", "topic", "subject", "key", "version", "type", "occurred_at", "recovered_at")

OfServiceNamed = Annotated[str, typer.Argument(help="The service whose log it is.")]


@dataclass(frozen=True, slots=True)
class Found:
    """A record on a topic, with the key and sequence number from its headers; empty and 0 when those are missing."""

    key: str
    sequence: int
    event_id: str
    headers: dict[str, str]
    value: str

    @property
    def size(self) -> int:
        """Return the approximate number of bytes that the record takes in a request."""
        return len(self.value.encode()) * 5 // 4 + sum(len(name) + len(text) + 6 for name, text in self.headers.items())

    def row(self, topic: Topic, outcome: str) -> Row:
        """Return the values of this record that the command prints, by column."""
        shown = {"key": self.key, "sequence": self.sequence, "event_id": self.event_id}
        return {"topic": topic.name, **shown, "type": self.headers.get("ce_type"), "outcome": outcome}


@app.command()
def recover(
    service: OfServiceNamed,
    since: Annotated[str, typer.Option("--from", help="The moment to which the database was restored, or earlier.")],
    reason: Reason = None,
    who: Who = None,
    *,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Copy events that are on a service's topics but not in its event log back into the log; they are not sent again.

    Do this before any relay runs and before people use the service. Exit 1 when an event cannot be taken back.
    """
    where, why, begin = way(service, direct=direct, who=who), checked(reason, dry_run=dry_run), moment(since)
    rows = asyncio.run(where.each(lambda to: _recover(to, begin, why, dry_run=dry_run)))
    changed = [row for row in rows if row["outcome"] != "known"]
    listing(changed, COLUMNS, as_json=as_json)
    if any(row["outcome"] not in FINE for row in rows):
        raise typer.Exit(1)


@app.command("recovered")
def show_open(service: OfService = None, *, direct: Direct = False, as_json: Json = False) -> None:
    """List recovered events that a service's state does not include yet; exit 1 when there are any."""
    rows = asyncio.run(way(service, direct=direct).each(_open))
    listing(rows, OPEN, as_json=as_json)
    if rows:
        raise typer.Exit(1)


@app.command()
def settle(  # noqa: PLR0913 # each is an option of the command
    service: OfServiceNamed,
    subject: Annotated[
        str | None, typer.Option("--subject", help="What the events are about, as `log recovered` shows it.")
    ] = None,
    reason: Reason = None,
    who: Who = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All subjects.")] = False,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Say that the state was repaired by hand for recovered events, so that their subject can record events again."""
    if not (subject or everything):
        raise CommandError("nothing-chosen", "say which: --subject or --all")
    where, why = way(service, direct=direct, who=who), checked(reason, dry_run=dry_run)
    rows = asyncio.run(where.each(lambda to: _settle(to, subject, why, dry_run=dry_run)))
    if not rows:
        raise CommandError("not-recovered", f"{service} has no open recovered event about {subject or 'anything'}")
    listing(rows, ("service", "topic", "subject", "events"), as_json=as_json)


async def _recover(operations: Operations, since: datetime, reason: str, *, dry_run: bool) -> list[Row]:
    rows: list[Row] = []
    for topic in manifest_of(operations.service).owns:
        found = await published(topic, since)
        outcomes: list[str] = []
        for part in parts(found):
            records = [{"headers": one.headers, "value": one.value} for one in part]
            body = {"topic": topic.name, "records": records, "reason": reason}
            outcomes += (await operations.act("log/recoveries", body, dry_run=dry_run))["outcomes"]
        told = continued(found, outcomes) if dry_run else outcomes
        rows += [one.row(topic, outcome) for one, outcome in zip(found, told, strict=True)]
    return rows


async def published(topic: Topic, since: datetime) -> list[Found]:
    """Return a topic's records since a time, by key and sequence number, each event once.

    Raises:
        CommandError: `kafka`, or an error of `reach`.
    """
    records: dict[str, Found] = {}

    def take(record: ConsumerRecord) -> None:
        found = _found(record)
        records.setdefault(found.event_id or f"{record.partition}/{record.offset}", found)

    await read(reach().kafka(), topic, take, since)
    return sorted(records.values(), key=lambda one: (one.key, one.sequence))


def _found(record: ConsumerRecord) -> Found:
    """Return a record as text; headers or a value that are not UTF-8 are left out, so that the service refuses it."""
    place = place_of(record.headers)
    headers: dict[str, str] = {}
    value = ""
    for name, content in record.headers:
        with suppress(UnicodeDecodeError):
            headers[name] = (content or b"").decode()
    with suppress(UnicodeDecodeError):
        value = (record.value or b"").decode()
    key, sequence = place or ("", 0)
    return Found(key, sequence, str(event_id_in(record.headers) or ""), headers, value)


def parts(found: Sequence[Found]) -> Iterator[list[Found]]:
    """Yield the records in parts that fit in one request; a record that is too large gets a part of its own."""
    part: list[Found] = []
    for one in found:
        if part and (len(part) == MOST_AT_ONCE or sum(each.size for each in part) + one.size > MOST_BYTES):
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def continued(found: Sequence[Found], outcomes: Sequence[str]) -> list[str]:
    """Return the outcomes of a dry run as if each request had stored the records of the earlier requests.

    A dry run keeps nothing, so that the first record of a later request is a `gap` to the service.
    """
    told: list[str] = []
    before: Found | None = None
    for one, outcome in zip(found, outcomes, strict=True):
        follows = before is not None and (before.key, before.sequence + 1) == (one.key, one.sequence)
        told.append(RECOVERED if outcome == "gap" and follows and told[-1] == RECOVERED else outcome)
        before = one
    return told


async def _open(operations: Operations) -> list[Row]:
    return [{"service": operations.service, **row} for row in await operations.rows("log/recovered")]


async def _settle(operations: Operations, subject: str | None, reason: str, *, dry_run: bool) -> list[Row]:
    rows = await operations.rows("log/recovered", subject=subject)
    done: list[Row] = []
    for topic, about in dict.fromkeys((row["topic"], row["subject"]) for row in rows):
        body: dict[str, Any] = {"topic": topic, "subject": about, "reason": reason}
        answer = await operations.act("log/settlements", body, dry_run=dry_run)
        done.append({"service": operations.service, "topic": topic, "subject": about, **answer})
    return done
