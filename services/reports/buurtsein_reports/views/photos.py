"""Shows the photos of a report to those who handle it, and tells a reporter that a photo has arrived."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_kernel.problems import DomainError, missing
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
            raise photo_unknown()
        await note_reading(connection, [report_id], reader, photo_id)
    return sha256


def photo_unknown() -> DomainError:
    """Return the error for a photo that the report does not have, or whose file is gone."""
    return missing("photo_unknown", "Deze foto bestaat niet (meer).")
