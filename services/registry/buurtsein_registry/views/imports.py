"""Makes the response to the import of one row."""

from uuid import UUID

from pydantic import BaseModel


class ImportedRow(BaseModel):
    """What a row of another list became: the id of a network or membership."""

    id: UUID
    new: bool
    """False when the row was entered before, so that nothing changed."""
