"""The holder of a report's tracking token may add a limited number of photos while the report is open."""

from pathlib import Path

import pytest
from unit.reports.reports_memory import CLOCK, GIVEN, InMemory, accept

from buurtsein_chassis.blobs import BlobFolder
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import handlers
from buurtsein_reports.domain.photo import MadePhoto
from buurtsein_reports.domain.report import Report
from buurtsein_reports.domain.states import ReportStatus

MOST = 2


class Album:
    """A report in memory, whose photos are stored in a folder."""

    def __init__(self, report: Report, store: InMemory, files: BlobFolder) -> None:
        self.report = report
        self.store = store
        self.files = files
        self.token = GIVEN.tracking.token(report.report_id)

    async def add(self, jpeg: bytes = b"jpeg", token: str | None = None) -> handlers.AddedPhoto:
        made, token = MadePhoto(4, 3, jpeg), token or self.token
        await handlers.admit_photo(self.report.reference, token, MOST, self.store)
        return await handlers.add_photo(self.report.reference, token, made, MOST, CLOCK, self.files, self.store)


@pytest.fixture
async def album(tmp_path: Path) -> Album:
    store = InMemory()
    return Album(await accept(store), store, BlobFolder(tmp_path / "photos"))


async def test_a_photo_is_stored_and_no_event_tells_of_it(album: Album) -> None:
    events = len(album.store.events)
    added = await album.add()
    assert (added.number, added.again) == (1, False)
    assert await album.files.get(added.photo.sha256) == b"jpeg"
    assert len(album.store.events) == events


async def test_the_same_photo_sent_again_is_one_photo(album: Album) -> None:
    first, again = await album.add(), await album.add()
    assert (again.photo, again.number, again.again) == (first.photo, 1, True)


async def test_one_photo_too_many_is_refused(album: Album) -> None:
    await album.add(b"1")
    await album.add(b"2")
    with pytest.raises(DomainError, match="photos_full"):
        await album.add(b"3")


async def test_without_the_token_of_the_report_no_photo_is_taken(album: Album) -> None:
    with pytest.raises(DomainError, match="report_unknown"):
        await album.add(token="x" * 32)


async def test_a_closed_report_takes_no_photo(album: Album) -> None:
    album.store.handled[album.report.report_id].status = ReportStatus.RESOLVED
    with pytest.raises(DomainError, match="transition_refused"):
        await album.add()
