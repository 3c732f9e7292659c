"""Over HTTP on PostgreSQL, a clerk asks for a large export; a job makes it, and only this clerk can fetch the file."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from integration.test_report_photos import files_in
from unit.reports.reports_memory import CITY, CLOCK, GIVEN, NOW, command

from buurtsein_chassis.blobs import BlobFolder
from buurtsein_reports import api, handlers, jobs
from buurtsein_reports.api.exports import ExportStore
from buurtsein_reports.store import ReportsStore
from buurtsein_reports.store.exports import MOST_WAITING
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.problems import refused
from harness.stores import PostgresStore

OFFICER, CITY_OFFICER = caller("p" + "7" * 32, "officer"), caller("p" + "8" * 32, "city-officer")
MOST_ROWS = 3


class Exports:
    """Stores reports, asks for exports over HTTP, runs the job that makes the exports, and fetches the files."""

    def __init__(self, stored: PostgresStore[ReportsStore], client: httpx.AsyncClient, folder: Path) -> None:
        self.stored, self.client, self.folder = stored, client, folder

    async def report(self, **changes: Any) -> str:
        async with self.stored.unit_of_work() as store:
            submitted = await handlers.submit_report(command(**changes), CITY, GIVEN, store)
        assert isinstance(submitted, handlers.Submitted)
        return submitted.report.reference

    async def ask(self, who: dict[str, str], **asked: Any) -> httpx.Response:
        return await self.client.post("/report-exports", json={"query": {}} | asked, headers=who)

    async def made(self) -> None:
        blobs = BlobFolder(self.folder)
        await jobs.make_exports(blobs, CLOCK, timedelta(hours=24), MOST_ROWS, self.stored.database)

    async def fetch(self, where: str, who: dict[str, str]) -> httpx.Response:
        return await self.client.get(f"{where.removeprefix('/v1')}/file", headers=who)


@pytest.fixture
async def exports(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Exports]:
    async with fresh_database(servers, "reports") as where, opened(where.app) as database:
        stored = PostgresStore(database, lambda uow: ReportsStore(uow, "41002"))
        provided = ExportStore(BlobFolder(tmp_path), MOST_ROWS)
        async with serving(api.router, database, GIVEN, provided) as client:
            yield Exports(stored, client, tmp_path)


async def test_an_export_is_asked_for_made_and_fetched_by_the_same_person_only(exports: Exports) -> None:
    burglary, dumped = await exports.report(), await exports.report(category="sluikstort", text="Een zetel.")
    asked = await exports.ask(OFFICER, query={"order": "newest", "columns": None})
    assert (asked.status_code, asked.json()["status"]) == (202, "waiting")
    where = asked.headers["Location"]
    refused(await exports.fetch(where, OFFICER), 409, "export_waiting")
    await exports.made()
    status = (await exports.client.get(where.removeprefix("/v1"), headers=OFFICER)).json()
    assert (status["status"], status["rows"]) == ("ready", 2)
    file = await exports.fetch(where, OFFICER)
    assert (file.status_code, file.headers["cache-control"]) == (200, "no-store")
    rows = csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")), delimiter=";")
    assert [row["kenmerk"] for row in rows] == [dumped, burglary]
    assert "achterdeur" not in file.text
    for other in (CITY_OFFICER, caller("p" + "9" * 32, "officer"), caller("p" + "7" * 32, "city-officer")):
        refused(await exports.fetch(where, other), 404, "export_unknown")
    [noted] = await exports.stored.database.pool.fetch("select actor, fetches from report_export")
    assert tuple(noted) == ("p" + "7" * 32, 1)


async def test_the_city_gets_only_what_it_handles_as_a_map_too(exports: Exports) -> None:
    await exports.report()
    dumped = await exports.report(category="sluikstort", text="Een zetel.")
    where = (await exports.ask(CITY_OFFICER, format="geojson")).headers["Location"]
    await exports.made()
    features = json.loads((await exports.fetch(where, CITY_OFFICER)).text)["features"]
    assert [one["properties"]["reference"] for one in features] == [dumped]


async def test_a_file_is_gone_when_it_expires(exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    await exports.report()
    where = (await exports.ask(OFFICER)).headers["Location"]
    await exports.made()
    assert len(files_in(exports.folder)) == 1
    await jobs.remove_unused_photos(BlobFolder(exports.folder), CLOCK, exports.stored.database)
    assert len(files_in(exports.folder)) == 1
    monkeypatch.setattr(CLOCK, "now", lambda: NOW + timedelta(hours=25))
    refused(await exports.fetch(where, OFFICER), 404, "export_unknown")
    await exports.made()
    assert files_in(exports.folder) == []
    status = (await exports.client.get(where.removeprefix("/v1"), headers=OFFICER)).json()
    assert status["status"] == "expired"


async def test_exports_are_bounded(exports: Exports) -> None:
    for _ in range(MOST_WAITING):
        assert (await exports.ask(OFFICER)).status_code == 202
    refused(await exports.ask(OFFICER), 409, "exports_full")
    refused(await exports.ask(CITY_OFFICER, query={"colour": "red"}), 422, "invalid_request")
    refused(await exports.ask(CITY_OFFICER, query={"columns": ["tekst"]}), 422, "invalid_request")
    for number in range(MOST_ROWS + 1):
        await exports.report(text=f"Poging {number} tot inbraak.")
    refused(await exports.ask(caller("p" + "6" * 32, "korpschef")), 422, "list_too_long")


async def test_filters_that_the_list_no_longer_has_do_not_stop_other_exports(exports: Exports) -> None:
    await exports.report()
    old, new = [(await exports.ask(OFFICER)).headers["Location"] for _ in range(2)]
    await exports.stored.database.pool.execute(
        'update report_export set query = \'{"colour": "red"}\' where export_id = $1::text::uuid', old[-36:]
    )
    await exports.made()
    states = [
        (await exports.client.get(one.removeprefix("/v1"), headers=OFFICER)).json()["status"] for one in (old, new)
    ]
    assert states == ["failed", "ready"]
