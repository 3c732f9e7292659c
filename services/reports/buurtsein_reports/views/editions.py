"""Shows the editions of the categories to police and city: which there are, and what each changes."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.incident import Route
from buurtsein_kernel.actions import allowed
from buurtsein_reports.domain.edition import ACTIONS, Change, Edition, EditionKind, EditionStatus, changes
from buurtsein_reports.store.editions import found_edition, shipped_document, with_document

MOST = 100
_NEWEST = f"select * from edition where kind = $1 order by number desc limit {MOST}"  # noqa: S608 - a constant


class ListedEdition(BaseModel):
    """One edition without its document, with who proposed it and who decided on it (pseudonyms)."""

    kind: EditionKind
    number: int
    valid_from: date
    status: EditionStatus
    base: int
    why: str
    proposed_by: str
    proposed_for: Route
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    allowed: list[str]

    @classmethod
    def of(cls, edition: Edition) -> Self:
        """Return an edition in the form of the list."""
        return cls.model_validate(edition.model_dump() | {"allowed": allowed(ACTIONS, edition.status)})


class Editions(BaseModel):
    """The newest editions of a kind, at most 100; edition 0, which the package ships, is not among them."""

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


async def editions(connection: Connection, kind: EditionKind) -> Editions:
    """Return the newest editions of a kind, the newest first."""
    rows = await connection.fetch(_NEWEST, kind)
    return Editions(items=[ListedEdition.of(_edition(row)) for row in rows])


async def edition_file(connection: Connection, kind: EditionKind, number: int) -> EditionFile:
    """Return one edition with its document and changes; raise DomainError `edition_unknown`."""
    edition = _edition(await found_edition(connection, kind, number))
    if edition.base == 0:
        return EditionFile.compared(edition, shipped_document(kind))
    return EditionFile.compared(edition, _edition(await found_edition(connection, kind, edition.base)).document)


def version_of(edition: EditionFile) -> int:
    """Return the version that a decision about an edition must name."""
    return Edition.model_validate(edition.model_dump()).version


def _edition(row: Any) -> Edition:
    return Edition.model_validate(with_document(row))
