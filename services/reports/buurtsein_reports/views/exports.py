"""Shows the exports of the list of reports to the person who asked for them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_reports.views.report_list import ReportQuery


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
