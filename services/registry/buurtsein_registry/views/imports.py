"""Makes the response to the import of one row of a list."""

from uuid import UUID

from pydantic import BaseModel


class ImportedRow(BaseModel):
    """The response to the import of a row: the id of the network or membership made from it."""

    id: UUID
    new: bool
    """False when the row was entered before, so that nothing changed."""
