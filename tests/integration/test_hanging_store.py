"""While the store of files hangs, a service answers other requests, and refuses more files with `files_busy`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from integration.test_report_photos import MOST_BYTES, OFFICER, Photos
from unit.funding import funding_memory as funding
from unit.funding.funding_store_suite import new_application
from unit.reports.photo_files import file
from unit.reports.reports_memory import CLOCK, GIVEN

from buurtsein_chassis.blobs import BlobFolder, FewReads, few_reads
from buurtsein_chassis.database import Database, open_pool
from buurtsein_chassis.settings import load
from buurtsein_funding import api as funding_api
from buurtsein_funding.api.evidence_intake import EvidenceIntake
from buurtsein_funding.domain.evidence import Evidence, EvidenceKind
from buurtsein_funding.store import FundingStore
from buurtsein_reports import api, jobs
from buurtsein_reports.adapters import PhotoMaker
from buurtsein_reports.api.exports import ExportStore
from buurtsein_reports.api.photo_intake import PhotoIntake
from buurtsein_reports.store import ReportsStore
from buurtsein_stack import programs
from buurtsein_stack.home import Home
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database
from harness.in_process import caller, serving
from harness.problems import refused
from harness.stores import PostgresStore
from harness.waiting import wait_until

MOST = few_reads.AT_ONCE
FINANCE = caller("p" + "6" * 32, "finance")


class Hanging(BlobFolder):
    """A store in a folder that returns no file until it is let go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.waiting = 0
        self.go_on = asyncio.Event()

    async def get(self, sha256: str) -> bytes:
        self.waiting += 1
        await self.go_on.wait()
        return await super().get(sha256)


@pytest.fixture
def store(tmp_path: Path) -> Hanging:
    return Hanging(tmp_path)


@asynccontextmanager
async def small_pool(dsn: str) -> AsyncIterator[Database]:
    """Open a pool with as many connections as the number of files that are read at the same time."""
    pool = await open_pool(dsn, size=MOST, command_timeout=10)
    try:
        yield Database(pool, "urn:be:bin:test")
    finally:
        await pool.close()


@pytest.fixture
async def photos(servers: RunningServers, store: Hanging) -> AsyncIterator[Photos]:
    bounded = FewReads(store)
    intake = PhotoIntake(bounded, 2, MOST_BYTES, 2.0, maker=PhotoMaker(1_000_000, None))
    async with fresh_database(servers, "reports") as where, small_pool(where.app) as database:
        stored = PostgresStore(database, lambda uow: ReportsStore(uow, "41002"))
        async with serving(api.router, database, GIVEN, intake, ExportStore(bounded, 10)) as client:
            yield Photos(stored, where.migrator, client, intake)


async def require_bounded(
    client: httpx.AsyncClient, store: Hanging, file: tuple[str, dict[str, str]], other: tuple[str, dict[str, str]]
) -> None:
    """Check that one file more than the maximum gets `files_busy`, and that another request is answered meanwhile."""

    async def all_wait() -> bool:
        return store.waiting == MOST

    fetching = [asyncio.create_task(client.get(file[0], headers=file[1])) for _ in range(MOST)]
    try:
        await wait_until("the store is read", all_wait)
        assert (await client.get(other[0], headers=other[1])).status_code == 200
        async with asyncio.timeout(20):
            one_more = await client.get(file[0], headers=file[1])
        refused(one_more, 503, "files_busy")
        assert "retry-after" in one_more.headers
        assert (await client.get(other[0], headers=other[1])).status_code == 200
    finally:
        store.go_on.set()
        answers = await asyncio.gather(*fetching)
    assert [answer.status_code for answer in answers] == [200] * MOST
    assert (await client.get(file[0], headers=file[1])).status_code == 200


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file be refused at once when the maximum number of files is being read."""
    monkeypatch.setattr(few_reads, "WAIT_SECONDS", 0)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("kind", ["photo", "released photo", "export"])
async def test_reports_answers_while_its_store_hangs(photos: Photos, store: Hanging, kind: str) -> None:
    report = await photos.report()
    photo_id = (await photos.send(report, file())).json()["photo_id"]
    photo = f"/reports/{report.report_id}/photos/{photo_id}"
    own = {"Tracking-Token": GIVEN.tracking.token(report.report_id)}
    done = await photos.client.post(f"{photo}/redaction", json={"rectangles": []}, headers=OFFICER)
    assert done.status_code == 201
    asked = await photos.client.post("/report-exports", json={"query": {}}, headers=OFFICER)
    await jobs.make_exports(store, CLOCK, timedelta(hours=1), 10, photos.database)
    urls: dict[str, tuple[str, dict[str, str]]] = {
        "photo": (photo, OFFICER),
        "released photo": (f"/reports/{report.reference}/status/photos/{photo_id}", own),
        "export": (f"{asked.headers['Location'].removeprefix('/v1')}/file", OFFICER),
    }
    await require_bounded(photos.client, store, urls[kind], (f"/reports/{report.report_id}", OFFICER))


@pytest.mark.usefixtures("at_once")
async def test_funding_answers_while_its_store_hangs(servers: RunningServers, store: Hanging) -> None:
    pdf = b"%PDF-1.7\n%%EOF\n"
    application, sha256 = await new_application(), await store.put(pdf)
    evidence = Evidence(sha256=sha256, kind=EvidenceKind.PDF, bytes=len(pdf), added_at=funding.NOW)
    intake = EvidenceIntake(FewReads(store), 20, 1000, scan=None)
    async with fresh_database(servers, "funding") as where, small_pool(where.app) as database:
        async with database.unit_of_work() as uow:
            await FundingStore(uow).add_application(application)
            await FundingStore(uow).add_evidence(application.application_id, evidence)
        listed = f"/applications/{application.application_id}/evidence"
        one = f"{listed}/{evidence.evidence_id}?reason=review"
        async with serving(funding_api.router, database, funding.GIVEN, intake) as client:
            await require_bounded(client, store, (one, FINANCE), (listed, FINANCE))


@pytest.mark.parametrize("name", ["reports", "funding"])
def test_each_service_bounds_the_reads_of_its_store(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    programs.write_secrets(home)
    for variable, value in programs.environment(home, name, 8000).items():
        monkeypatch.setenv(variable, value)
    service: Any = import_module(f"buurtsein_{name}.app").compose(
        load(import_module(f"buurtsein_{name}.settings").Settings)
    )
    stores = [one.blobs for one in service.provides if hasattr(one, "blobs")]
    assert stores
    assert all(isinstance(one, FewReads) for one in stores)
