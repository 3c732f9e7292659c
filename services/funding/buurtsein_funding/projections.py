"""Declares the projection that funding keeps of the events of networks, and reads a network from it."""

from uuid import UUID

from buurtsein_chassis.database import Connection
from buurtsein_chassis.documents import Documents
from buurtsein_chassis.projections import Projection
from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.topics import NETWORKS

known_networks = Projection(
    name="funding.networks",
    version=3,
    topics=(NETWORKS,),
    table="known_network",
    key="network_id",
    documents=Documents(KnownNetwork),
    begin=lambda key: KnownNetwork(network_id=UUID(key)),
    fold=KnownNetwork.with_next,
)
"""The projection of the events of networks: one row for each network."""


async def network_of(connection: Connection, network_id: UUID) -> KnownNetwork | None:
    """Return the network as its events describe it, or None when none of its events was read."""
    return (await known_networks.load(connection, [str(network_id)])).get(str(network_id))
