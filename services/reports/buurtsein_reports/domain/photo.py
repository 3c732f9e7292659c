"""Defines the photos of a report, and how many it can have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_kernel.problems import conflict
from buurtsein_reports.domain.handled import HandledReport


@dataclass(frozen=True, slots=True)
class MadePhoto:
    """A photo that was made out of a sent file: its size in pixels, and its JPEG."""

    width: int
    height: int
    jpeg: bytes


class Photo(BaseModel):
    """One photo of a report; its JPEG is stored under `sha256` outside of the database."""

    photo_id: UUID = Field(default_factory=uuid7)
    sha256: str
    width: int
    height: int
    bytes: int
    added_at: datetime


def require_room(report: HandledReport, photos: Sequence[Photo], most: int) -> None:
    """Check that the reporter can add a photo: raise `transition_refused` for a closed report, `photos_full`."""
    report.require("message")
    if len(photos) >= most:
        raise conflict("photos_full", f"Bij een melding horen hoogstens {most} foto's.")
