"""Writes the exports of the list of reports, and shows them to the person who asked for them."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from buurtsein_chassis.database import Database
from buurtsein_chassis.lists import Format, written
from buurtsein_reports.views.report_file import Reader
from buurtsein_reports.views.report_list import ListedReport, ReportQuery, asked_for, listed_report, listing_of


class ExportRequest(BaseModel):
    """A request for the whole list of reports as a file."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    query: ReportQuery
    format: Literal["csv", "geojson"] = "csv"


class ReportExport(BaseModel):
    """An export: whether its file is there, and until when it can be fetched."""

    export_id: UUID
    status: Literal["waiting", "ready", "failed", "expired"]
    format: str
    asked_at: datetime
    rows: int | None = None
    bytes: int | None = None
    expires_at: datetime | None = None
    fetches: int = 0


@dataclass(frozen=True, slots=True)
class WrittenExport:
    """The file of an export, and the number of reports in it."""

    file: bytes
    rows: int


async def export_written(waiting: asyncpg.Record, today: date, most_rows: int, database: Database) -> WrittenExport:
    """Write the file of an export that waits, as the person who asked for it sees the list today.

    Raises:
        ValidationError: its filters are no longer those of the list.
    """
    query = ReportQuery.model_validate(json.loads(waiting["query"]))
    reader = Reader(actor=waiting["actor"], role="", only_city=waiting["only_city"])
    rows = 0

    def show(row: asyncpg.Record) -> ListedReport:
        nonlocal rows
        rows += 1
        return listed_report(today, row)

    listing = replace(listing_of(query), most_rows=most_rows)
    pieces = written(listing, query, show, asked_for(query, today, reader), Format(waiting["format"]), database)
    return WrittenExport("".join([piece async for piece in pieces]).encode(), rows)
