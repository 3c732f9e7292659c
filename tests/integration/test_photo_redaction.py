"""Over HTTP on PostgreSQL, clerks redact, approve or delete photos, and the reporter sees only the result."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from integration.test_report_photos import CITY_OFFICER, MOST_BYTES, OFFICER, Photos, files_in
from PIL import Image
from unit.reports.photo_files import file
from unit.reports.reports_memory import CLOCK, GIVEN, NOW

from buurtsein_chassis.blobs import BlobFolder
from buurtsein_reports import api, jobs
from buurtsein_reports.adapters import PhotoMaker
from buurtsein_reports.api.photo_intake import PhotoIntake
from buurtsein_reports.domain.report import AcceptedReport
from buurtsein_reports.store import ReportsStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.problems import refused
from harness.stores import PostgresStore

PLATE = {"left": 0, "top": 0, "width": 20, "height": 10}
WASTE = {"category": "sluikstort", "text": "Een zetel."}


@pytest.fixture
async def photos(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Photos]:
    intake = PhotoIntake(BlobFolder(tmp_path), 2, MOST_BYTES, 2.0, maker=PhotoMaker(1_000_000, None))
    async with fresh_database(servers, "reports") as where, opened(where.app) as database:
        stored = PostgresStore(database, lambda uow: ReportsStore(uow, "41002"))
        async with serving(api.router, database, GIVEN, intake) as client:
            yield Photos(stored, where.migrator, client, intake)


async def photo(photos: Photos, **changes: Any) -> tuple[AcceptedReport, str]:
    report = await photos.report(**WASTE | changes)
    return report, (await photos.send(report, file())).json()["photo_id"]


async def act(photos: Photos, path: str, body: dict[str, Any], who: dict[str, str] = CITY_OFFICER) -> httpx.Response:
    return await photos.client.post(f"/reports/{path}", json=body, headers=who)


async def seen_by_reporter(photos: Photos, report: AcceptedReport, photo_id: str) -> httpx.Response:
    own = {"Tracking-Token": GIVEN.tracking.token(report.report_id)}
    return await photos.client.get(f"/reports/{report.reference}/status/photos/{photo_id}", headers=own)


async def shown_in_progress(photos: Photos, report: AcceptedReport) -> list[str]:
    own = {"Tracking-Token": GIVEN.tracking.token(report.report_id)}
    answer = await photos.client.get(f"/reports/{report.reference}/status", headers=own)
    found: list[str] = answer.json()["photos"]
    return found


async def test_nobody_but_police_and_city_sees_a_photo_before_a_clerk_redacted_it(photos: Photos) -> None:
    report, photo_id = await photo(photos)
    refused(await seen_by_reporter(photos, report, photo_id), 404, "photo_unknown")
    assert await shown_in_progress(photos, report) == []
    done = await act(photos, f"{report.report_id}/photos/{photo_id}/redaction", {"rectangles": [PLATE]})
    assert (done.status_code, done.json()["act"]) == (201, "redacted")
    assert await shown_in_progress(photos, report) == [photo_id]
    redacted = grey((await seen_by_reporter(photos, report, photo_id)).content)
    original = grey((await photos.read(report, photo_id)).content)
    hidden = (0, 0, 18, 8)
    assert max(redacted.crop(hidden).tobytes()) < 16 <= min(original.tobytes())
    assert redacted.tobytes()[-1] > 16


def grey(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg)).convert("L")


async def test_a_photo_that_is_approved_as_it_is_is_shown_as_it_is(photos: Photos) -> None:
    report, photo_id = await photo(photos)
    done = await act(photos, f"{report.report_id}/photos/{photo_id}/redaction", {"rectangles": []})
    assert done.json()["act"] == "approved"
    shown = await seen_by_reporter(photos, report, photo_id)
    assert shown.content == (await photos.read(report, photo_id)).content
    wrong = await photos.client.get(f"/reports/{report.reference}/status/photos/{photo_id}")
    refused(wrong, 404, "report_unknown")


async def test_the_last_redaction_counts_and_all_are_in_the_log(photos: Photos) -> None:
    report, photo_id = await photo(photos)
    path = f"{report.report_id}/photos/{photo_id}"
    for rectangles in ([], [PLATE]):
        await act(photos, f"{path}/redaction", {"rectangles": rectangles})
    shown = await seen_by_reporter(photos, report, photo_id)
    assert shown.content != (await photos.read(report, photo_id)).content
    acts = (await photos.client.get(f"/reports/{report.report_id}", headers=OFFICER)).json()["photo_acts"]
    assert [(one["act"], one["rectangles"], one["actor"]) for one in acts] == [
        ("approved", [], "p" + "8" * 32),
        ("redacted", [PLATE], "p" + "8" * 32),
    ]


async def test_a_clerk_deletes_one_photo_with_a_reason_and_its_files_go(
    photos: Photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, photo_id = await photo(photos)
    kept = (await photos.send(report, file(quality=10))).json()["photo_id"]
    path = f"{report.report_id}/photos/{photo_id}"
    await act(photos, f"{path}/redaction", {"rectangles": [PLATE]})
    await act(photos, f"{report.report_id}/photos/{kept}/redaction", {"rectangles": [PLATE]})
    done = await act(photos, f"{path}/deletion", {"reason": "Een kind in beeld."})
    assert (done.status_code, done.json()["act"]) == (200, "deleted")
    refused(await photos.read(report, photo_id), 404, "photo_unknown")
    refused(await seen_by_reporter(photos, report, photo_id), 404, "photo_unknown")
    refused(await act(photos, f"{path}/deletion", {"reason": "Nog eens."}), 404, "photo_unknown")
    whole = (await photos.client.get(f"/reports/{report.report_id}", headers=OFFICER)).json()
    assert [one["photo_id"] for one in whole["photos"]] == [kept]
    assert whole["photo_acts"][-1]["reason"] == "Een kind in beeld."
    assert len(files_in(tmp_path)) == 4
    monkeypatch.setattr(CLOCK, "now", lambda: NOW + timedelta(days=3650))
    await jobs.remove_unused_photos(photos.intake.blobs, CLOCK, photos.database)
    assert len(files_in(tmp_path)) == 2
    assert (await seen_by_reporter(photos, report, kept)).status_code == 200


async def test_only_who_handles_a_report_redacts_and_deletes_its_photos(photos: Photos) -> None:
    burglary, photo_id = await photo(photos, category="inbraak")
    for path, body in (("redaction", {"rectangles": []}), ("deletion", {"reason": "Omdat het kan."})):
        where = f"{burglary.report_id}/photos/{photo_id}/{path}"
        refused(await act(photos, where, body), 403, "not_for_city")
        for role in ("coordinator", "burgemeester", "operator"):
            refused(await act(photos, where, body, caller("p" + "9" * 32, role)), 403, "role_missing")


async def test_a_rectangle_that_hides_nothing_is_refused(photos: Photos) -> None:
    report, photo_id = await photo(photos)
    path = f"{report.report_id}/photos/{photo_id}/redaction"
    refused(await act(photos, path, {"rectangles": [PLATE | {"left": 5000}]}), 422, "rectangle_outside")
    refused(await act(photos, path, {"rectangles": [PLATE | {"width": 0}]}), 422, "invalid_request")
    refused(await act(photos, path, {}), 422, "invalid_request")
    assert await photos.pool.fetchval("select count(*) from photo_act") == 0
