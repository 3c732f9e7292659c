"""Checks that accepted commands, recorded and published events, and their effects agree after the upgrade."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg
import httpx

from buurtsein_chassis.manifest import manifests, service_names
from buurtsein_contracts import TOPICS
from rehearsals.commanding import WHY, Operator
from rehearsals.lines import Line
from rehearsals.upgrade.clients import ALL, RELEASED, REPORTED, Accepted, Expected

SETTLE_SECONDS = 90.0
PROPOSED = Expected("be.bin.alert.proposed.v1", "bin.alerts")

type Told = Mapping[str, Any]


def recorded(accepted: Sequence[Accepted], logged: Mapping[Expected, Counter[str]]) -> list[Line]:
    """Compare the accepted commands with the event logs: each event of a command must be logged exactly once.

    `logged` has for each kind of event how often each correlation id is in the log.
    """
    lines = []
    for event in ALL:
        asked = Counter(command.correlation_id for command in accepted if event in command.events)
        found = logged.get(event, Counter())
        name = f"{event.type.removeprefix('be.bin.').removesuffix('.v1')} on {event.topic}"
        lines.append(Line(f"{name}: accepted = logged", asked.total(), found.total()))
        lines.append(Line(f"{name}: lost, twice or without an answer", 0, ((asked - found) + (found - asked)).total()))
    return lines


async def logged(databases: Mapping[str, str]) -> dict[Expected, Counter[str]]:
    """Count in the event logs, for each event type and topic, how many events each correlation id has."""
    found: dict[Expected, Counter[str]] = {}
    for topic in TOPICS:
        connection = await asyncpg.connect(databases[topic.owner])
        query = "select type, correlation_id::text as command from event_log where topic = $1"
        for row in await connection.fetch(query, topic.name):
            found.setdefault(Expected(row["type"], topic.name), Counter())[row["command"]] += 1
        await connection.close()
    return found


def effects(
    manifest: Told, fires: int, accepted: Sequence[Accepted], events: Mapping[Expected, Counter[str]]
) -> list[Line]:
    """Compare the published events with the alerts, deliveries, projection rows and job runs that they caused."""
    released = sum(RELEASED in command.events for command in accepted)
    received = _once_there_are(released, lambda: httpx.get(f"{manifest['bealert']['url']}/alerts", timeout=10).json())
    return [
        Line("reports of a fire = alerts proposed", fires, events.get(PROPOSED, Counter()).total()),
        Line("alerts released = messages at BE-Alert", released, len(received)),
        Line("messages that BE-Alert got more than once", 0, sum(each["deliveries"] != 1 for each in received)),
        Line(
            "reports on the notifier's desk", _reports(accepted), asyncio.run(_rows(manifest, "notifier", "incident"))
        ),
        Line("runs of jobs that failed or lost their lease", 0, asyncio.run(_failures(manifest))),
    ]


def rebuild_stale(operator: Operator) -> int:
    """Rebuild each projection that `buurtsein projections list` calls stale; return the number of rebuilt ones.

    Raises CommandError `rehearsal` when a rebuild fails.
    """
    rows = operator.ask("projections", "list", fine=(0, 1)).document
    stale = [row for row in rows if row["stale"]]
    for row in stale:
        operator.ask("projections", "rebuild", row["service"], row["name"], *WHY)
    return len(stale)


def compared(operator: Operator) -> list[Line]:
    """Run `buurtsein verify` on all topics and `projections verify` on each projection; return the results as lines."""
    verified = operator.run("verify", "--wait", str(SETTLE_SECONDS))
    lines = [Line("buurtsein verify: logged = published = applied", 0, verified)]
    for service, manifest in manifests().items():
        for projection in manifest.load_projections():
            status = operator.run("projections", "verify", service, projection.name, *WHY)
            lines.append(Line(f"projection {projection.name} = its events", 0, status))
    return lines


def _reports(accepted: Sequence[Accepted]) -> int:
    return sum(REPORTED in command.events for command in accepted)


def _once_there_are(number: int, read: Callable[[], list[Any]]) -> list[Any]:
    """Call `read` until it returns at least `number` items or the deadline passes; return the last result."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while len(found := read()) < number and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


async def _rows(manifest: Told, service: str, table: str) -> int:
    return await _number(manifest, service, f"select count(*) from {table}")  # noqa: S608 # a name of this module


async def _failures(manifest: Told) -> int:
    query = "select coalesce(sum(failures), 0) from job_run"
    return sum([await _number(manifest, service, query) for service in service_names()])


async def _number(manifest: Told, service: str, query: str) -> int:
    connection = await asyncpg.connect(manifest["postgres"]["databases"][service])
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()
