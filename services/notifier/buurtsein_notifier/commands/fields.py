"""Defines the types of fields that several commands have."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from buurtsein_contracts.events.geography import Area
from buurtsein_kernel.areas import NoArea, cleaned
from buurtsein_kernel.problems import DomainError
from buurtsein_kernel.text import Plain

Why = Annotated[str, Field(min_length=5, max_length=500), Plain]
"""A reason in free text, which is kept with the step of the alert."""


def _cleaned_area(document: Any) -> Any:
    """Return the cleaned GeoJSON of an area; raise DomainError `area_invalid` with the reason."""
    if document is None:
        return None
    try:
        return cleaned(document)
    except NoArea as refused:
        raise DomainError("area_invalid", refused.dutch, values={"why": refused.why}) from None


DrawnArea = Annotated[Area, BeforeValidator(_cleaned_area)]
"""GeoJSON from any program, cleaned to the form of events and messages."""
