"""Keeps enquiries in memory, for tests of the registry's handlers."""

from datetime import UTC, datetime
from typing import override
from uuid import UUID

from buurtsein_registry.domain.enquiry import Asked, Enquiry, EnquiryPlace, unknown
from buurtsein_registry.domain.vault_read import Reader, VaultRead
from buurtsein_registry.handlers.stores import EnquiryStore


class EnquiriesInMemory(EnquiryStore):
    """Keeps enquiries and a log of who read them; a part of the registry's store in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.enquiries: dict[UUID, tuple[Enquiry, Asked]] = {}
        self.reads: dict[str, list[VaultRead]] = {}

    @override
    async def count_enquiries(self, network_id: UUID, since: datetime) -> tuple[int, int]:
        found = [one for one, _ in self.enquiries.values() if one.network_id == network_id]
        return sum(one.closed_at is None for one in found), sum(one.sent_at > since for one in found)

    @override
    async def add_enquiry(self, enquiry: Enquiry, asked: Asked) -> None:
        self.enquiries[enquiry.enquiry_id] = enquiry.model_copy(deep=True), asked

    @override
    async def enquiry(self, enquiry_id: UUID) -> Enquiry:
        if enquiry_id not in self.enquiries:
            raise unknown()
        return self.enquiries[enquiry_id][0].model_copy(deep=True)

    @override
    async def save_enquiry(self, enquiry: Enquiry) -> None:
        enquiry.version += 1
        await self.add_enquiry(enquiry, self.enquiries[enquiry.enquiry_id][1])

    @override
    async def delete_enquiry(self, enquiry_id: UUID) -> None:
        del self.enquiries[enquiry_id]

    @override
    async def read_enquiries(
        self, network_id: UUID, reader: Reader, most: int, after: EnquiryPlace | None
    ) -> list[tuple[Enquiry, Asked]]:
        found = [(one, asked) for one, asked in self.enquiries.values() if one.network_id == network_id]
        later = [one for one in found if after is None or one[0].place < after]
        shown = sorted(later, key=lambda one: one[0].place, reverse=True)[:most]
        for enquiry, _ in shown:
            read = VaultRead(read_at=datetime.now(UTC), reader=reader.person, role=reader.role)
            self.reads.setdefault(str(enquiry.enquiry_id), []).append(read)
        return shown
