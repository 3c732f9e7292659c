"""Shows what one step does, or would do, with many reports."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Self
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import page_rows
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import commands
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.views.report_file import Reader
from buurtsein_reports.views.report_list import REPORTS, ReportQuery, asked_for

MOST = 200
"""The most reports of one step."""
SAMPLE = 20


class Bulk(BaseModel):
    """One step for all reports that the filters select: exactly one of the four members with a step is given."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    select: ReportQuery
    triage: commands.Triage | None = None
    progress: commands.Update | None = None
    closure: commands.Close | None = None
    message: commands.Write | None = None

    @model_validator(mode="after")
    def _one_step(self) -> Self:
        if len(self._steps()) != 1:
            raise PydanticCustomError("one_step", "Geef precies één stap.")
        return self

    def _steps(self) -> list[commands.BulkStep]:
        return [one for one in (self.triage, self.progress, self.closure, self.message) if one is not None]

    @property
    def step(self) -> commands.BulkStep:
        """Return the step of the request, the only one of the four members that is given."""
        return self._steps()[0]

    def tag(self, rows: Sequence[asyncpg.Record]) -> str:
        """Return a tag of the step and the selected reports, which changes when one of them changes."""
        found = [[str(row["report_id"]), row["version"]] for row in rows]
        text = json.dumps([self.model_dump(mode="json", exclude={"select"}), found], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


class BulkOutcome(BaseModel):
    """What the step does with one report: its new status, or why it is refused."""

    report_id: UUID
    reference: str
    status: ReportStatus
    """The status after the step; after a refusal the status that the report has."""
    refused: str | None = None
    """The error code of the refusal."""
    detail: str | None = None
    forwarding_token: str | None = None
    """The token with which the other body reads the report and answers, if the step forwarded it; shown only here."""

    def in_preview(self) -> Self:
        """Return the outcome without a token, because a preview forwards nothing."""
        return self.model_copy(update={"forwarding_token": None})


class BulkResult(BaseModel):
    """What the step does with all selected reports, or with a sample of them in a preview."""

    selected: int
    done: int
    refused: dict[str, int] = Field(default_factory=dict)
    """The number of refusals by error code."""
    outcomes: list[BulkOutcome]

    @classmethod
    def of(cls, outcomes: Sequence[BulkOutcome], most: int = MOST) -> Self:
        """Return the result with at most `most` outcomes; refused reports come first."""
        refused = Counter(one.refused for one in outcomes if one.refused)
        shown = sorted(outcomes, key=lambda one: one.refused is None)[:most]
        return cls(selected=len(outcomes), done=len(outcomes) - refused.total(), refused=dict(refused), outcomes=shown)


async def selected(connection: Connection, query: ReportQuery, today: date, reader: Reader) -> Sequence[asyncpg.Record]:
    """Return the reports that the filters select, in their order; raise DomainError `bulk_too_many`."""
    conditions = [*query.conditions(), *asked_for(query, today, reader)]
    rows = await page_rows(connection, REPORTS, query.order, conditions, None, MOST + 1)
    if len(rows) > MOST:
        detail = f"Dit zijn meer dan {MOST} meldingen. Kies een strengere filter."
        raise DomainError("bulk_too_many", detail, values={"most": MOST})
    return rows
