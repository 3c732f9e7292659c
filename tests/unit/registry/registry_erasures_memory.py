"""Defines the part of the registry's store in memory that keeps planned, noted and confirmed erasures."""

from collections.abc import Sequence
from datetime import datetime
from typing import override
from uuid import UUID, uuid4

from buurtsein_contracts import EventData
from buurtsein_contracts.events import PersonErased
from buurtsein_registry.domain.person import Erasure, ErasureRequest
from buurtsein_registry.handlers.stores import PersonStore
from harness.stores import MemoryStore


class ErasuresInMemory(MemoryStore, PersonStore):
    """Keeps erasures in memory, each with the id of its event PersonErased."""

    def __init__(self) -> None:
        super().__init__()
        self.planned: dict[str, ErasureRequest] = {}
        self.noted: list[tuple[Erasure, str | None]] = []
        self.erased: dict[UUID, datetime] = {}
        self.confirmations: dict[tuple[UUID, str], str | None] = {}

    @override
    async def record(self, *events: EventData) -> None:
        await super().record(*events)
        self.erased |= {uuid4(): one.erased_at for one in events if isinstance(one, PersonErased)}

    @override
    async def plan_erasure(self, request: ErasureRequest) -> None:
        self.planned[request.person] = request

    @override
    async def erasure_request(self, person: str) -> ErasureRequest | None:
        return self.planned.get(person)

    @override
    async def cancel_erasure(self, person: str) -> None:
        del self.planned[person]

    @override
    async def confirm_erasures(self, consumer: str, events: Sequence[UUID], actor: str | None) -> int:
        known = [event for event in events if event in self.erased]
        for event in known:
            self.confirmations.setdefault((event, consumer), actor)
        return len(known)

    @override
    async def note_erasure(self, erasure: Erasure, official: str | None) -> None:
        self.noted.append((erasure, official))

    async def erasures(self) -> list[UUID]:
        """Return the ids of the events PersonErased, the earliest first."""
        return list(self.erased)

    async def confirmed(self) -> dict[tuple[UUID, str], str | None]:
        """Return who confirmed each erasure, by event and consumer."""
        return self.confirmations
