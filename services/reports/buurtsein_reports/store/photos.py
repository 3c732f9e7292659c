"""Reads and writes the photos of reports, and tells which files they and the exports name."""

import json
from collections.abc import Sequence
from typing import override
from uuid import UUID

from buurtsein_chassis.blobs.unused import hold
from buurtsein_reports.domain.photo import Photo, PhotoAct
from buurtsein_reports.store.unit import Unit

_ADD = f"""
insert into report_photo (report_id, {", ".join(Photo.model_fields)})
values ($1, {", ".join(f"${number}" for number in range(2, 2 + len(Photo.model_fields)))})
"""  # noqa: S608 - names in this project
_ADD_ACT = f"""
insert into photo_act (report_id, {", ".join(PhotoAct.model_fields)})
values ($1, {", ".join(f"${number}" for number in range(2, 2 + len(PhotoAct.model_fields)))})
"""  # noqa: S608 - names in this project
IS_NAMED = """
select exists (select from report_photo where sha256 = $1)
    or exists (select from photo_act a join report_photo using (report_id, photo_id) where a.sha256 = $1)
    or exists (select from report_export where sha256 = $1)
"""
"""Whether the file `$1` holds a photo, the redacted picture of a photo, or an export."""


class PhotoTable(Unit):
    """Reads and writes the photos of reports, in one unit of work."""

    @override
    async def photos(self, report_id: UUID) -> Sequence[Photo]:
        rows = await self._connection.fetch(
            "select * from report_photo where report_id = $1 order by photo_id", report_id
        )
        return [Photo.model_validate(dict(row)) for row in rows]

    @override
    async def hold_file(self, sha256: str) -> None:
        await hold(self._connection, sha256)

    @override
    async def add_photo(self, report_id: UUID, photo: Photo) -> None:
        values = (getattr(photo, name) for name in Photo.model_fields)
        await self._connection.execute(_ADD, report_id, *values)

    @override
    async def add_act(self, report_id: UUID, act: PhotoAct) -> None:
        values = act.model_dump() | {"rectangles": json.dumps([one.model_dump() for one in act.rectangles])}
        await self._connection.execute(_ADD_ACT, report_id, *values.values())

    @override
    async def delete_photo(self, report_id: UUID, act: PhotoAct) -> None:
        await self._connection.execute("delete from report_photo where photo_id = $1", act.photo_id)
        await self.add_act(report_id, act)
