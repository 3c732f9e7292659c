"""`buurtsein replay`: deliver once more; consumers drop what they applied before.

`log`: the owner publishes again from its event log, for everybody; it works also when the topic lost its data.
`group`: one service reads its topic again from an earlier place, and nobody else notices.
"""

import asyncio
from typing import Annotated

import typer

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifest_of, readers_of, topics
from buurtsein_chassis.operations.audit import Operator, note
from buurtsein_chassis.operations.outbox import count_again, publish_again
from buurtsein_contracts.topics import Topic
from buurtsein_operate.operations import groups
from buurtsein_operate.operations.reach import Reach, operator, reach
from buurtsein_operate.output import DryRun, Json, OptionalReason, Who, listing, moment

app = typer.Typer(no_args_is_help=True, help="Deliver events once more.")

OfTopic = Annotated[str, typer.Option("--topic", help="For example bin.networks.")]
Since = Annotated[str, typer.Option("--from", help="A time, such as 2026-11-24T08:00:00Z.")]


@app.command("log")
def from_log(  # noqa: PLR0913 # each is an option of the command
    topic: OfTopic,
    since: Since,
    service: Annotated[str | None, typer.Option("--service", help="The topic's owner; it must be.")] = None,
    key: Annotated[str | None, typer.Option("--key", help="Only this stream.")] = None,
    reason: OptionalReason = None,
    who: Who = None,
    *,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Have the owner publish again what it recorded since a time."""
    known = _topic(topic)
    if service not in {None, known.owner}:
        raise CommandError("not-owner", f"{topic} is written by {known.owner}, not by {service}")
    by = operator(who, reason)
    events = asyncio.run(_publish(reach(), known, since, key, None if dry_run else by))
    row = {"service": known.owner, "topic": topic, "events": events, "outcome": "would-be" if dry_run else "queued"}
    listing([row], tuple(row), as_json=as_json)


@app.command("group")
def into_group(  # noqa: PLR0913 # each is an option of the command
    service: Annotated[str, typer.Option("--service", help="Whose group.")],
    topic: OfTopic,
    since: Annotated[str | None, typer.Option("--from", help="A time, such as 2026-11-24T08:00:00Z.")] = None,
    offset: Annotated[int | None, typer.Option("--offset", min=0, help="Or a number, for every partition.")] = None,
    reason: OptionalReason = None,
    who: Who = None,
    *,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Set back one service's own group; refused while its worker runs."""
    known = _topic(topic)
    consumers = manifest_of(service).consumers_of(known)
    if not consumers:
        readers = ", ".join(readers_of(known)) or "-"
        raise CommandError("not-reader", f"{service} does not read {topic}; these do: {readers}")
    if (since is None) == (offset is None):
        raise CommandError("from-or-offset", "say from where: either --from TIME or --offset NUMBER")
    start = moment(since) if since is not None else int(offset or 0)
    where, group, by = reach(), groups.group_of(service, consumers[0]), operator(who, reason)
    places = groups.target(where.cluster, known, start)
    before = groups.move(where.cluster, group, places, dry_run=True)
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


async def _publish(where: Reach, topic: Topic, since: str, key: str | None, by: Operator | None) -> int:
    async with where.database(topic.owner) as connection:
        if by is None:
            return await count_again(connection, topic.name, moment(since), key)
        return await publish_again(connection, topic.name, moment(since), key, by)


async def _move(
    where: Reach, service: str, by: Operator, group: str, places: groups.Places, before: groups.Places
) -> None:
    """Noted first, with where the group was: no act without its note, and no note of what failed."""
    moves = {f"{topic}/{number}": [before[topic, number], after] for (topic, number), after in sorted(places.items())}
    async with where.database(service) as connection, connection.transaction():
        await note(connection, by, "replay group", {"group": group, "moved": moves})
        groups.move(where.cluster, group, places, dry_run=False)
