"""Defines the photos of a report, and how many it can have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_contracts.events.incident import Route
from buurtsein_kernel.problems import DomainError, conflict, missing
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
        raise conflict("photos_full", f"Bij een melding horen hoogstens {most} foto's.", most=most)


class Rectangle(BaseModel):
    """A part of a photo that is made unreadable, in pixels of the photo from its left upper corner."""

    left: int = Field(ge=0, le=20_000)
    top: int = Field(ge=0, le=20_000)
    width: int = Field(ge=1, le=20_000)
    height: int = Field(ge=1, le=20_000)


class PhotoDeed(StrEnum):
    """What a clerk did with a photo."""

    REDACTED = "redacted"
    APPROVED = "approved"
    DELETED = "deleted"


class PhotoAct(BaseModel):
    """The record of what a clerk did with a photo; it never changes."""

    act_id: UUID = Field(default_factory=uuid7)
    photo_id: UUID
    act: PhotoDeed
    sha256: str | None = None
    """The picture that others than police and city may see from now on; None after the photo was deleted."""
    rectangles: list[Rectangle] = []
    reason: str | None = None
    actor: str
    party: Route
    at: datetime


def photo_of(photos: Sequence[Photo], photo_id: UUID) -> Photo:
    """Return the photo of this id among the photos of a report; raise DomainError `photo_unknown`."""
    found = next((one for one in photos if one.photo_id == photo_id), None)
    if found is None:
        raise unknown_photo()
    return found


def unknown_photo() -> DomainError:
    """Return the error for a photo that the report does not have, or whose file is gone."""
    return missing("photo_unknown", "Deze foto bestaat niet (meer).")


def require_inside(photo: Photo, rectangles: Sequence[Rectangle]) -> None:
    """Check that each rectangle begins in the photo, because another one would hide nothing."""
    if any(one.left >= photo.width or one.top >= photo.height for one in rectangles):
        detail = f"Deze foto is {photo.width} bij {photo.height} beeldpunten groot."
        raise DomainError("rectangle_outside", detail, values={"width": photo.width, "height": photo.height})
