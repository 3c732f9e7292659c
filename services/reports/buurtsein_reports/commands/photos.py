"""Defines the commands with which clerks make parts of a photo unreadable, or delete a photo."""

from typing import Annotated

from pydantic import Field

from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Plain
from buurtsein_reports.domain.photo import Rectangle


class RedactPhoto(Command):
    """A request to make parts of a photo unreadable; without any part the photo is approved as it is."""

    rectangles: list[Rectangle] = Field(max_length=50)


class DeletePhoto(Command):
    """A request to delete a photo, with the reason."""

    reason: Annotated[str, Field(min_length=5, max_length=300), Plain]
