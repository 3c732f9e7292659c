"""One live application for each network, year and scheme, and who it holds up."""

from unit.funding.funding_memory import COORDINATOR, STRANGER, InMemory, grant, refusal, reject, request

from buurtsein_funding.domain.network import KnownNetwork


async def test_a_second_live_request_is_refused_and_after_a_rejection_it_is_not(
    store: InMemory, network: KnownNetwork
) -> None:
    first = await request(store, network)
    with refusal("live_application_exists"):
        await request(store, network)
    await reject(store, first, "invoice_missing")
    assert (await request(store, network)).application_id != first.application_id


async def test_who_is_no_coordinator_of_the_network_holds_up_nobody_but_themselves(
    store: InMemory, network: KnownNetwork
) -> None:
    stranger = await request(store, network, by=STRANGER)
    with refusal("live_application_exists"):
        await request(store, network, by=STRANGER)
    own = await request(store, network)
    await grant(store, own)
    await reject(store, stranger)


async def test_two_who_became_coordinators_after_asking_are_not_both_granted(
    store: InMemory, network: KnownNetwork
) -> None:
    early = await request(store, network, by=STRANGER)
    network.coordinators[STRANGER] = network.coordinators[COORDINATOR]
    await grant(store, await request(store, network))
    with refusal("live_application_exists"):
        await grant(store, early)
    await reject(store, early, "already_granted")


async def test_a_granted_request_still_stands_in_the_way_of_another(store: InMemory, network: KnownNetwork) -> None:
    await grant(store, await request(store, network))
    with refusal("live_application_exists"):
        await request(store, network)
