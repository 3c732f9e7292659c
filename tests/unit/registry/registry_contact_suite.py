"""Defines tests of the public contacts of networks, which run on both stores."""

from typing import Any

from unit.registry.registry_memory import APPLICANT, GIVEN, MAYOR, NEIGHBOUR, NOW, OFFICER, by
from unit.registry.registry_store_suite import Stored, open_network, refusal

from buurtsein_contracts.events.network import EndReason
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.public_contact import ConsentedContact, PublicContact


def publishing(**changes: Any) -> commands.PublishContact:
    form = {"email": "wijk@voorbeeld.be", "phone": "0471 55 66 77", "consent": True, "consent_version": "2026-1"}
    return commands.PublishContact.model_validate(form | changes)


async def published(stored: Stored, network: Network, actor: str = APPLICANT, **changes: Any) -> ConsentedContact:
    async with stored.unit_of_work() as store:
        return await handlers.publish_contact(network.network_id, publishing(**changes), actor, GIVEN, store)


async def shown(stored: Stored, person: str = APPLICANT) -> list[PublicContact]:
    async with stored.unit_of_work() as store:
        return [one.contact for one in (await handlers.everything(person, store)).public_contacts.values()]


class ContactSuite:
    """Tests who may publish a contact, with which consent, and when the contact is deleted; for both stores."""

    async def test_a_coordinator_publishes_a_contact_with_consent_and_changes_it(self, stored: Stored) -> None:
        network = await open_network(stored)
        before = await stored.recorded()
        made = await published(stored, network)
        assert (made.consent_version, made.consented_at) == ("2026-1", NOW)
        assert await shown(stored) == [PublicContact(email="wijk@voorbeeld.be", phone="+32471556677")]
        await published(stored, network, phone=None)
        assert await shown(stored) == [PublicContact(email="wijk@voorbeeld.be")]
        assert await stored.recorded() == before, "no event is made"

    async def test_only_a_coordinator_shows_a_contact_and_only_with_a_valid_consent(self, stored: Stored) -> None:
        network = await open_network(stored)
        with refusal("not_the_coordinator"):
            await published(stored, network, NEIGHBOUR)
        with refusal("version_unknown"):
            await published(stored, network, consent_version="1999-1")
        assert await shown(stored) == await shown(stored, NEIGHBOUR) == []

    async def test_consent_is_withdrawn_at_any_time(self, stored: Stored) -> None:
        network = await open_network(stored)
        await published(stored, network)
        with refusal("contact_unknown"):
            async with stored.unit_of_work() as store:
                await handlers.withdraw_contact(network.network_id, NEIGHBOUR, store)
        async with stored.unit_of_work() as store:
            await handlers.withdraw_contact(network.network_id, APPLICANT, store)
        assert await shown(stored) == []
        with refusal("contact_unknown"):
            async with stored.unit_of_work() as store:
                await handlers.withdraw_contact(network.network_id, APPLICANT, store)

    async def test_the_contact_goes_when_its_coordinator_is_replaced(self, stored: Stored) -> None:
        network = await open_network(stored)
        await published(stored, network)
        form = {"reason": "moved", "successor": NEIGHBOUR, "adult": True, "screened_on": "2026-11-01"}
        async with stored.unit_of_work() as store:
            seen = await by(store, network, OFFICER)
            await handlers.succeed(network.network_id, commands.Succeed.model_validate(form), seen, GIVEN, store)
        assert await shown(stored) == []

    async def test_the_contact_goes_when_the_network_ends(self, stored: Stored) -> None:
        network = await open_network(stored)
        await published(stored, network)
        async with stored.unit_of_work() as store:
            seen = await by(store, network, MAYOR)
            await handlers.end_network(
                network.network_id, commands.EndNetwork(reason=EndReason.STOPPED), seen, GIVEN, store
            )
        assert await shown(stored) == []
        with refusal("network_unknown"):
            await published(stored, network)

    async def test_the_contact_goes_when_the_person_is_forgotten(self, stored: Stored) -> None:
        network = await open_network(stored)
        await published(stored, network)
        async with stored.unit_of_work() as store:
            await store.forget(APPLICANT)
        assert await shown(stored) == []
