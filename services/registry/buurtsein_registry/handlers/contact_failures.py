"""Handles the information that a member could not be reached by a channel, such as SMS."""

from uuid import UUID

from buurtsein_contracts.events.member import Channel
from buurtsein_kernel.problems import DomainError, missing
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.tasks import TaskKind, task_due
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import Store

DAYS_TO_ASK = 14
"""The days within which somebody asks the member by another channel."""


async def contact_failed(
    member_id: UUID, channel: Channel, actor: str, given: Dependencies, store: Store, *, official: bool
) -> Member:
    """Mark a member's channel as failing; the first time, open a task to contact the member by another channel.

    `official` is True for officials, and for a service that sends messages.

    Raises:
        DomainError: `member_unknown`, also when the caller is neither an official nor a coordinator of the network;
            `channel_not_chosen` for a channel that the member does not use.
    """
    member = await store.member(member_id)
    if member.left_at or not (official or await store.coordinates(actor, member.network_id)):
        raise missing("member_unknown", "Dit lidmaatschap bestaat niet.")
    if channel not in member.channels:
        raise DomainError("channel_not_chosen", "Dit lid gebruikt dit kanaal niet.")
    if await store.channel_fails(member_id, channel, given.clock.now()):
        about = f"{member.person} {channel}"
        await store.open_task(
            task_due(TaskKind.ASK_OTHERWISE, member.network_id, DAYS_TO_ASK, given.clock.now(), about)
        )
    return member
