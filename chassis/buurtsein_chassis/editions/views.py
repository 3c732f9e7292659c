"""Shows editions: which there are, and what each changes."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.editions.store import found_edition, with_document
from buurtsein_kernel.actions import allowed
from buurtsein_kernel.editions import ACTIONS, Change, Edition, EditionStatus, changes

MOST = 100
_NEWEST = f"select * from edition where kind = $1 order by number desc limit {MOST}"  # noqa: S608 - a constant

type Shipped = Callable[[str], dict[str, Any]]
"""A function that returns the document of edition 0 of a kind."""


class ListedEdition(BaseModel):
    """One edition without its document, with who proposed it and who decided on it (pseudonyms)."""

    kind: str
    number: int
    valid_from: date
    status: EditionStatus
    base: int
    why: str
    proposed_by: str
    proposed_for: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    allowed: list[str]

    @classmethod
    def of(cls, edition: Edition) -> Self:
        """Return an edition in the form of the list."""
        return cls.model_validate(edition.model_dump() | {"allowed": allowed(ACTIONS, edition.status)})


class Editions(BaseModel):
    """The newest editions of a kind, at most 100; edition 0, which has no row, is not among them."""

    items: list[ListedEdition]


class EditionFile(ListedEdition):
    """One edition with its document, and what it changes compared with the edition that it is based on."""

    document: dict[str, Any]
    changes: list[Change]

    @classmethod
    def compared(cls, edition: Edition, base: dict[str, Any]) -> Self:
        """Return an edition with its differences from the document of its base."""
        found = list(changes(base, edition.document))
        listed = ListedEdition.of(edition).model_dump()
        return cls.model_validate(listed | {"document": edition.document, "changes": found})


async def editions(connection: Connection, kind: str) -> Editions:
    """Return the newest editions of a kind, the newest first."""
    rows = await connection.fetch(_NEWEST, kind)
    return Editions(items=[ListedEdition.of(_edition(row)) for row in rows])


async def edition_file(connection: Connection, kind: str, number: int, shipped: Shipped) -> EditionFile:
    """Return one edition with its document and changes; raise DomainError `edition_unknown`."""
    edition = _edition(await found_edition(connection, kind, number))
    if edition.base == 0:
        return EditionFile.compared(edition, shipped(kind))
    return EditionFile.compared(edition, _edition(await found_edition(connection, kind, edition.base)).document)


def version_of(edition: EditionFile) -> int:
    """Return the version that a decision about an edition must name."""
    return Edition.model_validate(edition.model_dump()).version


def _edition(row: Any) -> Edition:
    return Edition.model_validate(with_document(row))
