"""Models for other languages, made from the reader schemas: what is not known yet is kept or ignored, never fatal."""

from collections.abc import Callable, Sequence

from buurtsein_contracts.generate import java, typescript
from buurtsein_contracts.model import EventData

GENERATORS: dict[str, Callable[[Sequence[type[EventData]]], dict[str, str]]] = {
    "java": java.generate,
    "typescript": typescript.generate,
}
"""By language: events in, text by file name out."""
