"""Defines values that a person gives in each of the four languages."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_contracts.events.member import Language
from buurtsein_kernel.text import Name

type Label = Annotated[str, Field(min_length=1, max_length=150), Name]


class InLanguages[Value](BaseModel):
    """One value for each language; all four are required."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: Value
    fr: Value
    de: Value
    en: Value

    def in_language(self, language: Language) -> Value:
        """Return the value in one language."""
        value: Value = getattr(self, language)
        return value


class Names(InLanguages[Label]):
    """A short text on one line, in each language."""
