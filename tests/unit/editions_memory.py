"""Keeps editions (dated versions of rules or categories) in memory instead of the table `edition`, for tests."""

from abc import abstractmethod
from datetime import date
from typing import Any

from buurtsein_kernel.editions import Edition, EditionStatus, Last
from buurtsein_kernel.problems import missing


class EditionsInMemory:
    """Keeps the editions of one service by kind and number; returns copies, and finds the edition in force on a day."""

    def __init__(self) -> None:
        """Begin with no edition, so that the shipped documents are in force."""
        super().__init__()
        self.editions: dict[tuple[str, int], Edition] = {}

    @abstractmethod
    def shipped_document(self, kind: str) -> dict[str, Any]:
        """Return the document that the package ships for a kind, which counts as edition 0."""

    def in_force(self, kind: str, day: date | None) -> Last:
        """Return the edition of a kind that is in force on a day; without a day, the last approved one."""
        approved = [one for one in self._of(kind) if one.status is EditionStatus.APPROVED]
        begun = [one for one in approved if day is None or one.valid_from <= day]
        if not begun:
            return Last(document=self.shipped_document(kind))
        return Last.model_validate(max(begun, key=lambda one: one.number).model_dump())

    async def last_approved(self, kind: str) -> Last:
        return self.in_force(kind, None)

    async def next_number(self, kind: str) -> int:
        return len(self._of(kind)) + 1

    async def edition(self, kind: str, number: int) -> Edition:
        if (kind, number) not in self.editions:
            raise missing("edition_unknown", "")
        return self.editions[kind, number].model_copy(deep=True)

    async def add_edition(self, edition: Edition) -> None:
        self.editions[edition.kind, edition.number] = edition.model_copy(deep=True)

    async def save_decision(self, edition: Edition) -> None:
        await self.add_edition(edition)

    def _of(self, kind: str) -> list[Edition]:
        return [one for one in self.editions.values() if one.kind == kind]
