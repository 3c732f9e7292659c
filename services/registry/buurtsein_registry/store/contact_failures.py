"""Reads and writes the table of channels, such as SMS, by which members cannot be reached."""

from datetime import datetime
from typing import override
from uuid import UUID

from buurtsein_contracts.events.member import Channel
from buurtsein_registry.handlers.stores import FailureStore
from buurtsein_registry.store.unit import Unit


class ContactFailures(Unit, FailureStore):
    """Reads and writes the table of channels, such as SMS, by which members cannot be reached."""

    @override
    async def channel_fails(self, member_id: UUID, channel: Channel, now: datetime) -> bool:
        added = await self._connection.fetchval(
            """insert into contact_failure (member_id, channel, failed_at) values ($1, $2, $3)
               on conflict do nothing returning true""",
            member_id,
            channel,
            now,
        )
        return bool(added)

    @override
    async def channels_work(self, person: str) -> None:
        await self._connection.execute(
            "delete from contact_failure where member_id in (select member_id from member where person = $1)", person
        )
