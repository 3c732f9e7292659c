"""Records and lists who read a person's data in the vault."""

from typing import override

from buurtsein_kernel.keyring import decrypted, encrypted
from buurtsein_registry.domain.person import PersonData
from buurtsein_registry.domain.vault_read import Reader, VaultRead
from buurtsein_registry.handlers.stores import ReadStore
from buurtsein_registry.store.vault import Vault


class VaultReads(Vault, ReadStore):
    """Reads personal data for callers, and records each read."""

    @override
    async def read_person(self, person: str, reader: Reader) -> PersonData | None:
        key = await self._data_key(person)
        if key is None:
            return None
        await self._connection.execute(
            "insert into vault_read (person, reader, role, reason, read_at) values ($1, $2, $3, $4, now())",
            person,
            reader.person,
            reader.role,
            encrypted(key, reader.reason.encode(), person) if reader.reason else None,
        )
        return await self.person_data(person)

    @override
    async def vault_reads(self, person: str) -> list[VaultRead]:
        key = await self._data_key(person)
        rows = await self._connection.fetch("select * from vault_read where person = $1 order by read_id", person)
        reasons = [decrypted(key, row["reason"], person).decode() if key and row["reason"] else None for row in rows]
        return [VaultRead.model_validate(dict(row) | {"reason": why}) for row, why in zip(rows, reasons, strict=True)]
