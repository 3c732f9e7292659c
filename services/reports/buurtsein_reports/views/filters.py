"""Shows a clerk the filters that they saved."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_reports.views.report_list import ReportQuery

_OF_A_PAGE = {"cursor", "limit", "count", "format"}
"""The parameters of a list that belong to one page or one answer, and are not saved."""


class SavedFilter(BaseModel):
    """A saved filter: its name, and the parameters of the list of reports."""

    name: str
    query: dict[str, Any]
    saved_at: datetime


class SavedFilters(BaseModel):
    """The filters that one person saved, by name."""

    items: list[SavedFilter]


def kept(query: ReportQuery) -> Mapping[str, Any]:
    """Return the parameters of a filter that are saved."""
    return query.model_dump(mode="json", exclude_unset=True, exclude=_OF_A_PAGE)


async def saved_filters(connection: Connection, owner: str) -> SavedFilters:
    """Return the filters that a person saved."""
    rows = await connection.fetch(
        "select name, query, saved_at from saved_filter where owner = $1 order by name", owner
    )
    return SavedFilters(items=[SavedFilter(**dict(row) | {"query": json.loads(row["query"])}) for row in rows])
