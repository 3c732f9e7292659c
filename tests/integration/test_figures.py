"""A job counts reports by month in Belgian time; everybody can read the counts, but small counts are hidden."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from unit.reports.reports_memory import CLOCK, GIVEN

from buurtsein_chassis.database import Database
from buurtsein_reports import api
from buurtsein_reports.domain.figures import Disclosure
from buurtsein_reports.jobs import count_reports
from buurtsein_reports.views import Openness
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import serving

NETWORK = "11111111-1111-1111-1111-111111111111"
OPENNESS = Openness(Disclosure(5), 90_000, "bevolkingsregister, 1 januari 2026")
OCTOBER = datetime(2026, 10, 5, 8, tzinfo=UTC)
ADD = """
insert into report (report_id, reference, tracking_sha256, category, severity, route_to, channel, status, text,
    happened_from, network_id, reported_at, due_on, closed_at)
select gen_random_uuid(), gen_random_uuid()::text, '', $1, 'Minor', '{city}', 'web',
    case when $4::timestamptz is null then 'RECEIVED' else 'RESOLVED' end, 'x', $2, $3::uuid, $2, $5, $4
from generate_series(1, $6)
"""


@pytest.fixture
async def database(servers: RunningServers) -> AsyncIterator[Database]:
    async with fresh_database(servers, "reports") as where, opened(where.app) as database:
        yield database


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(api.router, database, GIVEN, OPENNESS) as client:
        yield client


async def add(database: Database, category: str, number: int, at: datetime = OCTOBER, **more: Any) -> None:
    closed = at + timedelta(days=more["days"]) if "days" in more else None
    due = at.date() + timedelta(days=4)
    await database.pool.execute(ADD, category, at, more.get("network"), closed, due, number)


async def counted(database: Database) -> None:
    await count_reports(CLOCK, database)


async def figures(client: httpx.AsyncClient, **asked: Any) -> dict[str, dict[str, Any]]:
    answer = await client.get("/figures", params=asked)
    assert answer.status_code == 200, answer.text
    by = asked.get("by", "category")
    return {f"{one['month']} {one[by]}": one for one in answer.json()["items"]}


async def test_a_month_has_its_counts_times_and_rate(database: Database, client: httpx.AsyncClient) -> None:
    await add(database, "sluikstort", 20, days=2)
    await add(database, "sluikstort", 10, days=8)
    await add(database, "sluikstort", 6)
    await add(database, "graffiti", 9, days=2)
    await counted(database)
    found = await figures(client)
    assert found["2026-10-01 sluikstort"] == {
        "month": "2026-10-01",
        "category": "sluikstort",
        "received": 36,
        "per_1000_inhabitants": 0.4,
        "answered": 30,
        "closed": 30,
        "median_days": 2.0,
        "percent_within_term": 67,
    }
    assert len({one["month"] for one in found.values()}) == 12


async def test_a_small_count_is_hidden_and_no_other_table_gives_it_away(
    database: Database, client: httpx.AsyncClient
) -> None:
    await add(database, "inbraak", 1, network=NETWORK)
    await add(database, "sluikstort", 12, network=NETWORK)
    await add(database, "zwerfvuil", 30, network=NETWORK)
    await counted(database)
    by_network = await figures(client, by="network")
    assert by_network[f"2026-10-01 {NETWORK}"]["received"] == 43
    by_category = await figures(client)
    shown = {name: by_category[f"2026-10-01 {name}"]["received"] for name in ("inbraak", "sluikstort", "zwerfvuil")}
    assert shown == {"inbraak": "<5", "sluikstort": "*", "zwerfvuil": 30}


async def test_a_month_is_a_belgian_one_and_the_present_one_is_not_shown(
    database: Database, client: httpx.AsyncClient
) -> None:
    await add(database, "sluikstort", 7, datetime(2026, 9, 30, 22, 30, tzinfo=UTC))
    await add(database, "sluikstort", 8, datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    await counted(database)
    found = await figures(client, by="network", year=2026)
    assert found["2026-10-01 none"]["received"] == 7
    assert max(one["month"] for one in found.values()) == "2026-10-01"


async def test_counting_again_changes_a_month_and_leaves_the_old_ones(
    database: Database, client: httpx.AsyncClient
) -> None:
    await add(database, "sluikstort", 7)
    await counted(database)
    await database.pool.execute("update monthly_figure set month = $1 where month = '2026-09-01'", date(2020, 1, 1))
    await add(database, "sluikstort", 7)
    await counted(database)
    assert (await figures(client, by="network"))["2026-10-01 none"]["received"] == 14
    assert "2020-01-01 none" in await figures(client, by="network", year=2020)


async def test_figures_are_csv_too_and_caches_may_keep_them(database: Database, client: httpx.AsyncClient) -> None:
    await add(database, "sluikstort", 9, days=2)
    await counted(database)
    for form in ("json", "csv"):
        answer = await client.get("/figures", params={"by": "network", "format": form})
        assert answer.headers["cache-control"] == "public, max-age=60"
        known = {"If-None-Match": answer.headers["etag"]}
        again = await client.get("/figures", params={"by": "network", "format": form}, headers=known)
        assert again.status_code == 304
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    [row] = [one for one in rows if (one["maand"], one["netwerk"]) == ("2026-10", "none")]
    assert (row["ontvangen"], row["mediaan_dagen"], row["procent_binnen_termijn"]) == ("9", "2,0", "100")
    refused = await client.get("/figures", params={"format": "geojson"})
    assert (refused.status_code, refused.json()["code"]) == (406, "format_not_offered")


async def test_before_the_first_count_there_are_no_figures(client: httpx.AsyncClient) -> None:
    assert await figures(client) == {}
