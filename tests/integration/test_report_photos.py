"""Over HTTP on PostgreSQL, a reporter sends photos within limits, police and city see them, and a job deletes them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from unit.reports.photo_files import exif, file
from unit.reports.reports_memory import CITY, CLOCK, GIVEN, NOW, command

from buurtsein_chassis import retention
from buurtsein_chassis.blobs import BlobFolder
from buurtsein_chassis.file_intake import AT_ONCE
from buurtsein_reports import api, handlers, jobs
from buurtsein_reports.adapters import PhotoMaker
from buurtsein_reports.api.photo_intake import PhotoIntake
from buurtsein_reports.domain.report import AcceptedReport
from buurtsein_reports.retention import bounds
from buurtsein_reports.store import ReportsStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.stores import PostgresStore

MOST_BYTES = 200_000
OFFICER, CITY_OFFICER = caller("p" + "7" * 32, "officer"), caller("p" + "8" * 32, "city-officer")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class Photos:
    """The service with one report, and a client that sends photos to it and reads them."""

    def __init__(
        self, stored: PostgresStore[ReportsStore], migrator: str, client: httpx.AsyncClient, intake: PhotoIntake
    ) -> None:
        self.pool, self.database = stored.database.pool, stored.database
        self.migrator = migrator
        self.client = client
        self.intake = intake
        self.stored = stored

    async def report(self, **changes: Any) -> AcceptedReport:
        async with self.stored.unit_of_work() as store:
            submitted = await handlers.submit_report(command(**changes), CITY, GIVEN, store)
            assert isinstance(submitted, handlers.Submitted)
            return submitted.report

    async def send(self, report: AcceptedReport, sent: Any, kind: str = "image/jpeg", **headers: str) -> httpx.Response:
        headers = {"Content-Type": kind, "Tracking-Token": GIVEN.tracking.token(report.report_id)} | headers
        return await self.client.post(f"/reports/{report.reference}/status/photos", content=sent, headers=headers)

    async def read(self, report: AcceptedReport, photo_id: str, who: dict[str, str] = OFFICER) -> httpx.Response:
        return await self.client.get(f"/reports/{report.report_id}/photos/{photo_id}", headers=who)

    async def rows(self) -> int:
        return int(await self.pool.fetchval("select count(*) from report_photo"))


@pytest.fixture
async def photos(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Photos]:
    intake = PhotoIntake(BlobFolder(tmp_path), 2, MOST_BYTES, 2.0, maker=PhotoMaker(1_000_000, None))
    async with fresh_database(servers, "reports") as where, opened(where.app) as database:
        stored = PostgresStore(database, lambda uow: ReportsStore(uow, "41002"))
        async with serving(api.router, database, GIVEN, intake) as client:
            yield Photos(stored, where.migrator, client, intake)


async def test_a_reporter_sends_a_photo_and_the_police_see_it_without_its_place(photos: Photos) -> None:
    report = await photos.report()
    sent = await photos.send(report, file("PNG", exif=exif(6)), kind="image/webp")  # the content says what it is
    assert sent.status_code == 201, sent.text
    receipt = sent.json()
    assert (receipt["width"], receipt["height"], receipt["photos"], receipt["most"]) == (20, 40, 1, 2)
    whole = (await photos.client.get(f"/reports/{report.report_id}", headers=OFFICER)).json()
    assert [one["photo_id"] for one in whole["photos"]] == [receipt["photo_id"]]
    shown = await photos.read(report, receipt["photo_id"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert (shown.headers["cache-control"], shown.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert shown.content.startswith(b"\xff\xd8\xff")
    assert b"CAMERA" not in shown.content
    read = await photos.pool.fetch("select reader, photo_id::text from report_reading where photo_id is not null")
    assert [tuple(one) for one in read] == [("p" + "7" * 32, receipt["photo_id"])]


async def test_the_city_sees_photos_of_what_it_handles_and_nobody_else_sees_any(photos: Photos) -> None:
    burglary, dumped = await photos.report(), await photos.report(category="sluikstort", text="Een zetel.")
    ids = [(await photos.send(one, file())).json()["photo_id"] for one in (burglary, dumped)]
    assert (await photos.read(dumped, ids[1], CITY_OFFICER)).status_code == 200
    assert (await photos.read(burglary, ids[0], CITY_OFFICER)).json()["code"] == "not_for_city"
    assert (await photos.read(burglary, ids[1])).json()["code"] == "photo_unknown"
    for role in ("coordinator", "member", "burgemeester", "operator"):
        assert (await photos.read(dumped, ids[1], caller("p" + "9" * 32, role))).status_code == 403
    assert (await photos.read(dumped, ids[1], {})).status_code == 401


async def test_who_has_not_the_token_sends_nothing_and_the_file_is_not_even_read(photos: Photos) -> None:
    report = await photos.report()

    async def never() -> AsyncIterator[bytes]:
        yield b"\xff\xd8\xff"
        raise AssertionError

    refused = await photos.send(report, never(), **{"Tracking-Token": "x" * 32})
    assert (refused.status_code, refused.json()["code"]) == (404, "report_unknown")


@pytest.mark.parametrize(
    ("sent", "kind", "status", "code"),
    [
        (b"<html>", "image/jpeg", 422, "photo_unreadable"),
        (b"", "image/jpeg", 422, "photo_unreadable"),
        (file("GIF"), "image/png", 422, "photo_unreadable"),
        (bytes(MOST_BYTES + 1), "image/jpeg", 413, "body_too_large"),
        (bytes(10 * MOST_BYTES), "image/jpeg", 413, "body_too_large"),
        (file(), "application/json", 415, "unsupported_media_type"),
        (file(), "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
    ],
    ids=lambda value: str(len(value)) if isinstance(value, bytes) else str(value),
)
async def test_a_file_that_is_refused_leaves_nothing(
    photos: Photos, tmp_path: Path, sent: bytes, kind: str, status: int, code: str
) -> None:
    answer = await photos.send(await photos.report(), sent, kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await photos.rows() == 0
    assert files_in(tmp_path) == []


async def test_a_file_that_does_not_arrive_in_time_is_refused(photos: Photos) -> None:
    photos.intake.seconds = 0.2

    async def slow() -> AsyncIterator[bytes]:
        yield b"\xff\xd8\xff"
        await asyncio.Event().wait()

    assert (await photos.send(await photos.report(), slow())).json()["code"] == "body_too_slow"


async def test_other_routes_still_take_only_json(photos: Photos) -> None:
    for path in ("/reports", "/reports/ABCD-EFGH/status/messages"):
        answer = await photos.client.post(path, content=file(), headers={"Content-Type": "image/jpeg"})
        assert answer.status_code == 415


async def test_the_same_photo_sent_again_is_one_photo_and_a_third_one_is_refused(photos: Photos) -> None:
    report = await photos.report()
    first, again = await photos.send(report, file()), await photos.send(report, file())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert (await photos.send(report, file(quality=20))).status_code == 201
    assert (await photos.send(report, file(quality=5))).json()["code"] == "photos_full"


async def test_more_files_at_once_than_fit_in_memory_are_asked_to_come_later(photos: Photos) -> None:
    report = await photos.report()
    async with asyncio.timeout(20):
        for _ in range(AT_ONCE):
            await photos.intake.place().__aenter__()
        busy = await photos.send(report, file())
    assert (busy.status_code, busy.json()["code"]) == (503, "photos_busy")
    assert "retry-after" in busy.headers


async def test_without_a_folder_no_photos_are_taken(photos: Photos) -> None:
    photos.intake.blobs = None
    assert (await photos.send(await photos.report(), file())).json()["code"] == "photos_off"


async def test_a_photo_goes_with_the_text_of_its_report_and_then_its_file_is_removed(
    photos: Photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = await photos.report(), await photos.report(category="sluikstort", text="Een zetel.")
    shared, only_old = file(), file(quality=10)
    for report, sent in ((old, shared), (old, only_old), (new, shared)):
        assert (await photos.send(report, sent)).status_code == 201
    monkeypatch.setattr(CLOCK, "now", lambda: NOW + timedelta(days=3650))
    await jobs.remove_unused_photos(photos.intake.blobs, CLOCK, photos.database)
    assert len(files_in(tmp_path)) == 2
    await photos.pool.execute(
        "update report set reported_at = now() - interval '6 years' where report_id = $1", old.report_id
    )
    days = dict.fromkeys(("text", "reading", "reporter", "repeat", "filter"), 1826)
    kept: Any = SimpleNamespace(**{f"retention_{name}_days": number for name, number in days.items()})
    await retention.apply(photos.migrator, bounds(kept), "urn:test")
    assert await photos.rows() == 1
    await jobs.remove_unused_photos(photos.intake.blobs, CLOCK, photos.database)
    [left] = [path.name for path in files_in(tmp_path)]
    assert left == await photos.pool.fetchval("select sha256 from report_photo")


async def test_a_photo_whose_file_is_damaged_is_not_shown(photos: Photos, tmp_path: Path) -> None:
    report = await photos.report()
    receipt = (await photos.send(report, file())).json()
    [path] = files_in(tmp_path)
    path.write_bytes(b"<script>")
    assert (await photos.read(report, receipt["photo_id"])).json()["code"] == "photo_unknown"
