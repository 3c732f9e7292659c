"""Shows the photos of a report to those who handle it, and tells a reporter that a photo has arrived."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_reports.domain.photo import PhotoAct, PhotoDeed, unknown_photo
from buurtsein_reports.domain.report import read_reference, unknown_report
from buurtsein_reports.domain.tracking import is_right
from buurtsein_reports.handlers import AddedPhoto
from buurtsein_reports.views.report_file import Reader, note_reading, readable


class PhotoReceipt(BaseModel):
    """What a reporter gets for a photo: its size after the conversion, and how many photos the report has now."""

    photo_id: UUID
    width: int
    height: int
    added_at: datetime
    photos: int
    most: int

    @classmethod
    def of(cls, added: AddedPhoto, most: int) -> Self:
        """Return the receipt of a photo."""
        return cls(**added.photo.model_dump(exclude={"sha256", "bytes"}), photos=added.number, most=most)


async def photo_read(connection: Connection, report_id: UUID, photo_id: UUID, reader: Reader) -> str:
    """Return the SHA-256 of a photo that somebody reads, and record the reading.

    Raises:
        DomainError: `report_unknown` or `not_for_city` for the report, `photo_unknown`.
    """
    async with connection.transaction():
        await readable(connection, report_id, reader)
        sha256: str | None = await connection.fetchval(
            "select sha256 from report_photo where report_id = $1 and photo_id = $2", report_id, photo_id
        )
        if sha256 is None:
            raise unknown_photo()
        await note_reading(connection, [report_id], reader, photo_id)
    return sha256


class PhotoDone(BaseModel):
    """What a clerk did with a photo just now."""

    photo_id: UUID
    act: PhotoDeed
    at: datetime

    @classmethod
    def of(cls, act: PhotoAct) -> Self:
        """Return the response for an act."""
        return cls(photo_id=act.photo_id, act=act.act, at=act.at)


RELEASED = """
select distinct on (p.photo_id) p.photo_id, a.sha256
from report_photo p join photo_act a on a.report_id = p.report_id and a.photo_id = p.photo_id
where p.report_id = $1 order by p.photo_id, a.act_id desc
"""
"""The last picture of each photo of a report that a clerk redacted or approved."""


async def released_photo(connection: Connection, reference: str, token: str | None, photo_id: UUID) -> str:
    """Return the SHA-256 of the picture of a photo that its reporter may see.

    Raises:
        DomainError: `report_unknown` when reference or token is wrong; `photo_unknown`, also for a photo that no clerk
            has redacted or approved.
    """
    row = await connection.fetchrow(
        "select report_id, tracking_sha256 from report where reference = $1", read_reference(reference)
    )
    if row is None or not is_right(token, row["tracking_sha256"]):
        raise unknown_report()
    found = {one["photo_id"]: one["sha256"] for one in await connection.fetch(RELEASED, row["report_id"])}
    if photo_id not in found:
        raise unknown_photo()
    return str(found[photo_id])


async def released_photos(connection: Connection, report_id: UUID) -> list[UUID]:
    """Return the photos of a report that others than police and city may see, in the order in which they came."""
    return [one["photo_id"] for one in await connection.fetch(RELEASED, report_id)]
