"""Handles the public contacts of networks: coordinators publish an e-mail address or phone number, or withdraw it."""

from uuid import UUID

from buurtsein_kernel.problems import missing
from buurtsein_registry import commands
from buurtsein_registry.domain.public_contact import ConsentedContact, PublicContact
from buurtsein_registry.domain.rules import require_version
from buurtsein_registry.domain.states import LIVING
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import Store


async def publish_contact(
    network_id: UUID, command: commands.PublishContact, actor: str, given: Dependencies, store: Store
) -> ConsentedContact:
    """Store the public contact of a coordinator of a network; an earlier contact of this person is replaced.

    Raises:
        DomainError: `network_unknown`, also for a network that has ended, `not_the_coordinator`,
            `screening_unfavourable`, `version_unknown`.
    """
    network = await store.network(network_id)
    network.require_coordinator(actor)
    if network.state not in LIVING:
        raise missing("network_unknown", "Dit netwerk bestaat niet meer.")
    require_version(command.consent_version, given.rules.consent_versions)
    shown = PublicContact(email=command.email, phone=command.phone)
    made = ConsentedContact(contact=shown, consent_version=command.consent_version, consented_at=given.clock.now())
    await store.put_contact(network_id, actor, made)
    return made


async def withdraw_contact(network_id: UUID, actor: str, store: Store) -> None:
    """Delete the caller's public contact from a network; raise DomainError `contact_unknown` when there is none."""
    if not await store.withdraw_contact(network_id, actor):
        raise missing("contact_unknown", "U toont bij dit netwerk geen adres of nummer.")
