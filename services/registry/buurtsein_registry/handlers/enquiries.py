"""Handles enquiries: anybody sends one to a recognised network, and its coordinators read and close it."""

from datetime import timedelta
from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import missing, require_seen
from buurtsein_registry import commands
from buurtsein_registry.domain.enquiry import Asked, Enquiry, EnquiryPlace, require_room, require_token, unknown
from buurtsein_registry.domain.rules import require_version
from buurtsein_registry.domain.vault_read import Reader
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import Store


async def send_enquiry(network_id: UUID, command: commands.SendEnquiry, given: Dependencies, store: Store) -> Enquiry:
    """Store an enquiry for a network that is recognised today; the row lock of the network keeps the counts right.

    Raises:
        DomainError: `network_unknown`, `version_unknown`, `too_many_enquiries`.
    """
    network, now = await store.network(network_id), given.clock.now()
    if not network.in_force(given.today):
        raise missing("network_unknown", "Dit netwerk bestaat niet.")
    require_version(command.consent_version, given.rules.consent_versions)
    open_ones, of_last_day = await store.count_enquiries(network_id, now - timedelta(days=1))
    require_room(open_ones, of_last_day, given.rules)
    enquiry = Enquiry(network_id=network_id, sent_at=now, consent_version=command.consent_version)
    await store.add_enquiry(enquiry, Asked(text=command.text, email=command.email, phone=command.phone))
    return enquiry


async def read_enquiries(
    network_id: UUID, coordinator: str, store: Store, most: int, after: EnquiryPlace | None = None
) -> list[tuple[Enquiry, Asked]]:
    """Return at most `most` enquiries of a network after a place, for one of its coordinators; each read is noted.

    Raises DomainError `network_unknown` when the reader does not coordinate this network.
    """
    if not await store.coordinates(coordinator, network_id):
        raise missing("network_unknown", "Dit netwerk bestaat niet.")
    return await store.read_enquiries(network_id, Reader(coordinator, "coordinator"), most, after)


async def close_enquiry(
    enquiry_id: UUID, command: commands.CloseEnquiry, by: By, given: Dependencies, store: Store
) -> Enquiry:
    """Mark an enquiry as answered or as spam, as a coordinator of its network; others get `enquiry_unknown`."""
    enquiry = await store.enquiry(enquiry_id)
    if not await store.coordinates(by.actor, enquiry.network_id):
        raise unknown()
    require_seen(by.seen, enquiry.version)
    enquiry.close(command.outcome, by.actor, given.clock.now())
    await store.save_enquiry(enquiry)
    return enquiry


async def withdraw_enquiry(
    enquiry_id: UUID, command: commands.WithdrawEnquiry, given: Dependencies, store: Store
) -> None:
    """Delete an enquiry for its sender, who shows the token; raise DomainError `enquiry_unknown` for a wrong token."""
    require_token(command.withdrawal_token, enquiry_id, given.keyring)
    await store.enquiry(enquiry_id)
    await store.delete_enquiry(enquiry_id)
