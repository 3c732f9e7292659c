"""Defines the type of a time of day in rules and settings; it is in Belgian time and has no offset."""

from datetime import time
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

STORED = {"stored": True}
"""The validation context for a stored document: an offset, which earlier releases accepted, is left out."""


def _without_offset(hour: time, info: ValidationInfo) -> time:
    if hour.tzinfo is not None and info.context != STORED:
        raise PydanticCustomError("hour_with_offset", "Geef het uur in Belgische tijd, zonder tijdzone, als 20:30.")
    return hour.replace(tzinfo=None)


Hour = Annotated[
    time, AfterValidator(_without_offset), WithJsonSchema({"type": "string", "format": "time-local"}, mode="validation")
]
"""A time of day such as `20:30`; a time with an offset, such as `20:30Z`, is refused."""
