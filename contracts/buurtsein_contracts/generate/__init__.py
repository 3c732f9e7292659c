"""Generates models in other languages from the reader schemas; the models accept unknown fields and enum values."""

from collections.abc import Callable, Sequence

from buurtsein_contracts.generate import java, typescript
from buurtsein_contracts.model import EventData

GENERATORS: dict[str, Callable[[Sequence[type[EventData]]], dict[str, str]]] = {
    "java": java.generate,
    "typescript": typescript.generate,
}
"""The generators by language; each takes event classes and returns the text of each file by its name."""
