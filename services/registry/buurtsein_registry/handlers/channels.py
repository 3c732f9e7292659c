"""Checks that a person's data have what the channels of the memberships need: an e-mail, or a number that gets SMS."""

from collections.abc import Iterable

from buurtsein_contracts.events.member import Channel
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.person import PersonData
from buurtsein_registry.domain.vault_read import OWN, Reader
from buurtsein_registry.handlers.stores import MemberStore, Store


def require_reachable(channels: Iterable[Channel], data: PersonData | None) -> None:
    """Raise `channel_not_possible` for e-mail to a person without an address, or SMS to a number without SMS."""
    if not all(_works(channel, data) for channel in channels):
        raise DomainError("channel_not_possible", "Dit kanaal kan niet: het adres of nummer ervoor ontbreekt.")


async def with_known(member: Member, new: PersonData, store: Store) -> PersonData:
    """Return a person's data for a new membership; a missing e-mail or enterprise number is taken from the vault.

    It is taken only while the person has another membership. The person is locked before the data are read, so that the
    second of two requests reads what the first one has stored. Raises `channel_not_possible` when another membership
    uses SMS and the new telephone number cannot get SMS.
    """
    await store.lock_person(member.person)
    others = [one for one in await live_memberships(member.person, store) if one.member_id != member.member_id]
    known = await store.read_person(member.person, Reader(member.person, OWN)) if others else None
    if known is None:
        return new
    kept = known.model_dump(include={"email", "enterprise_number"})
    data = new.model_copy(update={name: getattr(new, name) or value for name, value in kept.items()})
    require_kept(others, known, data)
    return data


def require_kept(memberships: Iterable[Member], before: PersonData, after: PersonData) -> None:
    """Raise `channel_not_possible` when a channel of a membership works with the old data but not with the new data."""
    used = {channel for member in memberships for channel in member.channels}
    require_reachable([channel for channel in used if _works(channel, before)], after)


async def live_memberships(person: str, store: MemberStore) -> list[Member]:
    """Return the memberships of a person that have not ended; requests that wait for a decision count too."""
    return [one for one in await store.memberships(person) if one.left_at is None]


def _works(channel: Channel, data: PersonData | None) -> bool:
    match channel:
        case Channel.EMAIL:
            return bool(data and data.email)
        case Channel.SMS:
            return bool(data and commands.gets_sms(data.mobile))
        case _:
            return True
