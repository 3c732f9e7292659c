"""Reads and writes the photos of reports, and finds the files that no photo has."""

from collections.abc import Sequence
from typing import override
from uuid import UUID

from buurtsein_reports.domain.photo import Photo
from buurtsein_reports.store.unit import Unit

_ADD = f"""
insert into report_photo (report_id, {", ".join(Photo.model_fields)})
values ($1, {", ".join(f"${number}" for number in range(2, 2 + len(Photo.model_fields)))})
"""  # noqa: S608 - names in this project


class PhotoTable(Unit):
    """The photos of reports, in one unit of work."""

    @override
    async def photos(self, report_id: UUID) -> Sequence[Photo]:
        rows = await self._connection.fetch(
            "select * from report_photo where report_id = $1 order by photo_id", report_id
        )
        return [Photo.model_validate(dict(row)) for row in rows]

    @override
    async def hold_file(self, sha256: str) -> None:
        await self._connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", sha256)

    @override
    async def add_photo(self, report_id: UUID, photo: Photo) -> None:
        values = (getattr(photo, name) for name in Photo.model_fields)
        await self._connection.execute(_ADD, report_id, *values)

    async def is_unused(self, name: str) -> bool:
        """Return whether no photo has the file of this name; hold the file until the unit of work ends."""
        await self.hold_file(name)
        found: bool = await self._connection.fetchval(
            "select exists (select from report_photo where sha256 = $1)", name
        )
        return not found
