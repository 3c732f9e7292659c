"""Shows what units and rules that are not in force yet would change for past reports; nothing is written."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as hour_of_day
from typing import Any

from pydantic import BaseModel, Field

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.geography import Location
from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.editions.past import PastPeriod
from buurtsein_reports.domain.routing import RoutedFacts, RoutingDocument, RoutingTable

MOST = 20_000
EXAMPLES = 5
SECONDS = 5.0
"""The seconds for which rules are tried on reports, in a thread; 500 rules on 20,000 reports would take a minute."""
_PAST = f"""
select reference, category, route_to, network_id, answers, reported_at, latitude, longitude, postcode from report
where reported_at >= $1 and reported_at < $2 and latitude is not null and ($3 or 'city' = any(route_to))
order by reported_at desc, report_id limit {MOST}
"""  # noqa: S608 - a constant of the program


class TryRouting(PastPeriod):
    """A request to try a document of units and rules on the reports of a period of at most a year."""

    document: RoutingDocument


class UnitTrial(BaseModel):
    """The reports of one unit: how many it has by the rules in force, would have, would gain and would lose."""

    unit: str
    now: int
    then: int
    gained: int
    lost: int


class Move(BaseModel):
    """How many reports would go from one unit to another, with the references of some of them."""

    before: str
    after: str
    count: int
    examples: list[str] = Field(max_length=EXAMPLES)


class RoutingTrial(BaseModel):
    """The effect that other units and rules would have had on past reports."""

    reports: int
    changed: int
    is_whole: bool
    """False when the period has more reports than were looked at, which are the newest: at most 20,000, and as many
    as fit in 5 seconds."""
    units: list[UnitTrial]
    moves: list[Move]


async def routing_trial(
    connection: Connection, asked: TryRouting, in_force: RoutingTable, nis: str, *, only_city: bool
) -> RoutingTrial:
    """Return the effect of units and rules on those reports of a period that the caller may see."""
    period = (_midnight(asked.since), _midnight(asked.until + timedelta(1)))
    rows = await connection.fetch(_PAST, *period, not only_city)
    table = RoutingTable.model_validate(asked.document.model_dump())
    chosen = await asyncio.to_thread(tried, rows, (in_force, table), nis)
    return compared(chosen, is_whole=len(chosen) == len(rows) < MOST)


def tried(
    rows: Sequence[Any], tables: tuple[RoutingTable, RoutingTable], nis: str, seconds: float = SECONDS
) -> list[tuple[str, str, str]]:
    """Choose a unit for each report by both tables, for some seconds; return the references with both units."""
    end, chosen = time.monotonic() + seconds, []
    for row in rows:
        if time.monotonic() > end:
            break
        facts = _facts(row, nis)
        before, after = (one.route(facts).unit for one in tables)
        chosen.append((row["reference"], before, after))
    return chosen


def compared(chosen: Iterable[tuple[str, str, str]], *, is_whole: bool) -> RoutingTrial:
    """Count the moves of reports between units; each report has a reference, its unit, and its unit by the trial."""
    found = list(chosen)
    moved: dict[tuple[str, str], list[str]] = defaultdict(list)
    for reference, before, after in found:
        if before != after:
            moved[before, after].append(reference)
    now, then = Counter(before for _, before, _ in found), Counter(after for _, _, after in found)
    return RoutingTrial(
        reports=len(found),
        changed=sum(map(len, moved.values())),
        is_whole=is_whole,
        units=[
            UnitTrial(
                unit=unit,
                now=now[unit],
                then=then[unit],
                gained=sum(len(ones) for (_, after), ones in moved.items() if after == unit),
                lost=sum(len(ones) for (before, _), ones in moved.items() if before == unit),
            )
            for unit in sorted(now.keys() | then.keys())
        ],
        moves=[
            Move(before=before, after=after, count=len(ones), examples=ones[:EXAMPLES])
            for (before, after), ones in sorted(moved.items())
        ],
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, hour_of_day(), BRUSSELS)


def _facts(row: Any, nis: str) -> RoutedFacts:
    place = Location(latitude=row["latitude"], longitude=row["longitude"], nis=nis, postcode=row["postcode"])
    return RoutedFacts.model_validate(dict(row) | {"location": place, "answers": json.loads(row["answers"])})
