"""Defines `buurtsein replay`, which delivers events again; consumers drop events that they have already applied.

With `log` the service that owns the topic publishes events from its event log again, for all
consumers; this works also when the topic lost its data. With `group` one service reads the topic again from an
earlier offset, unnoticed by the others.
"""

import asyncio
from typing import Annotated, Any

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of, readers_of, topics
from buurtsein_chassis.operations.audit import Operator, Verb, note
from buurtsein_contracts.topics import Topic
from buurtsein_operate.operations import groups
from buurtsein_operate.operations.reach import Reach, checked, operator, reach
from buurtsein_operate.operations.services import Way, way
from buurtsein_operate.output import Direct, DryRun, Json, Reason, Who, listing, moment

app = typer.Typer(no_args_is_help=True, help="Deliver events once more.")

OfTopic = Annotated[str, typer.Option("--topic", help="For example bin.networks.")]
Since = Annotated[str, typer.Option("--from", help="A time, such as 2026-11-24T08:00:00Z.")]


@app.command("log")
def from_log(  # noqa: PLR0913 # each is an option of the command
    topic: OfTopic,
    since: Since,
    reason: Reason = None,
    service: Annotated[
        str | None, typer.Option("--service", help="The topic's owner; another service is refused.")
    ] = None,
    key: Annotated[str | None, typer.Option("--key", help="Only the stream with this key.")] = None,
    who: Who = None,
    *,
    dry_run: DryRun = False,
    direct: Direct = False,
    as_json: Json = False,
) -> None:
    """Let the service that owns a topic publish again the events that it recorded since a time."""
    known = _topic(topic)
    if service not in {None, known.owner}:
        raise CommandError("not-owner", f"{topic} is written by {known.owner}, not by {service}")
    where = way(known.owner, direct=direct, who=who)
    body = {"topic": topic, "since": moment(since).isoformat(), "key": key, "reason": checked(reason, dry_run=dry_run)}
    events = asyncio.run(_publish(where, known.owner, body, dry_run=dry_run))
    row = {"service": known.owner, "topic": topic, "events": events, "outcome": "would-be" if dry_run else "queued"}
    listing([row], tuple(row), as_json=as_json)


@app.command("group")
def into_group(  # noqa: PLR0913 # each is an option of the command
    service: Annotated[str, typer.Option("--service", help="The service whose group it is.")],
    topic: OfTopic,
    reason: Reason = None,
    since: Annotated[str | None, typer.Option("--from", help="A time, such as 2026-11-24T08:00:00Z.")] = None,
    offset: Annotated[
        int | None, typer.Option("--offset", min=0, help="Or an offset, the same for every partition.")
    ] = None,
    who: Annotated[
        str | None, typer.Option("--as", help="The operator's name; by default the user on this machine.")
    ] = None,
    *,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Move one consumer group of a service to earlier offsets; this is refused while the service's worker runs.

    A partition in which the group has not yet read up to the given place stays as it is, so that no record is skipped.
    """
    known = _topic(topic)
    consumers = manifest_of(service).consumers_of(known)
    if not consumers:
        readers = ", ".join(readers_of(known)) or "-"
        raise CommandError("not-reader", f"{service} does not read {topic}; these do: {readers}")
    if (since is None) == (offset is None):
        raise CommandError("from-or-offset", "give either --from TIME or --offset NUMBER")
    start = moment(since) if since is not None else int(offset or 0)
    where, group, by = reach(), groups.group_of(service, consumers[0]), operator(who, checked(reason, dry_run=dry_run))
    places = groups.target(where.cluster, known, start)
    before = groups.move(where.cluster, group, places, dry_run=True)
    places = {place: min(after, before[place]) for place, after in places.items()}
    rows = [
        {"group": group, "topic": topic, "partition": place[1], "before": before[place], "after": after}
        for place, after in sorted(places.items())
    ]
    if not dry_run:
        asyncio.run(_move(where, service, by, group, places, before))
    listing(rows, tuple(rows[0]), as_json=as_json)


def _topic(name: str) -> Topic:
    known = {topic.name: topic for topic in topics()}
    if name not in known:
        raise CommandError("unknown-topic", f"there is no topic {name}: choose from {', '.join(known)}")
    return known[name]


async def _publish(where: Way, owner: str, body: dict[str, Any], *, dry_run: bool) -> int:
    """Let the topic's owner publish its logged events again, in several requests; return the number of events."""
    events = 0
    after: int | None = 0
    async with where.to(owner) as operations:
        while after is not None:
            part = await operations.act("replays/log", body | {"after": after}, dry_run=dry_run)
            events, after = events + part["events"], part.get("next")
    return events


async def _move(
    where: Reach, service: str, by: Operator, group: str, places: groups.Places, before: groups.Places
) -> None:
    """Record the move with the old offsets in the audit table, then move the consumer group's offsets."""
    moves = {f"{topic}/{number}": [before[topic, number], after] for (topic, number), after in sorted(places.items())}
    async with where.database(service) as connection, connection.transaction():
        await note(connection, by, Verb.REPLAY_GROUP, {"group": group, "moved": moves})
        groups.move(where.cluster, group, places, dry_run=False)
