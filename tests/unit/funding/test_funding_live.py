"""A network has at most one pending or granted application for each year and scheme; a second one is refused."""

from unit.funding.funding_memory import COORDINATOR, STRANGER, InMemory, grant, refusal, reject, request

from buurtsein_contracts import KnownNetwork


async def test_a_second_live_request_is_refused_and_after_a_rejection_it_is_not(
    store: InMemory, network: KnownNetwork
) -> None:
    first = await request(store, network)
    with refusal("live_application_exists"):
        await request(store, network)
    await reject(store, first, "invoice_missing")
    assert (await request(store, network)).application_id != first.application_id


async def test_two_coordinators_of_one_network_can_have_one_live_request(
    store: InMemory, network: KnownNetwork
) -> None:
    store.know(network, coordinators=dict.fromkeys([COORDINATOR, STRANGER], network.coordinators[COORDINATOR]))
    first = await request(store, network)
    with refusal("live_application_exists"):
        await request(store, network, by=STRANGER)
    await reject(store, first, "invoice_missing")
    await grant(store, await request(store, network, by=STRANGER))


async def test_a_granted_request_blocks_a_second_request(store: InMemory, network: KnownNetwork) -> None:
    await grant(store, await request(store, network))
    with refusal("live_application_exists"):
        await request(store, network)
