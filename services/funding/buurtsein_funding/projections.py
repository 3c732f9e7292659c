"""Declares the projections that funding keeps of the events of networks and members, and reads from them."""

from uuid import UUID

from buurtsein_chassis.database import Connection
from buurtsein_chassis.documents import Documents
from buurtsein_chassis.projections import Projection
from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.topics import MEMBERS, NETWORKS
from buurtsein_funding.domain.members import NetworkMembers

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

network_members = Projection(
    name="funding.members",
    version=1,
    topics=(MEMBERS,),
    table="network_members",
    key="network_id",
    documents=Documents(NetworkMembers),
    begin=lambda key: NetworkMembers(network_id=UUID(key)),
    fold=NetworkMembers.with_next,
)
"""The projection of the events of members: one row for each network, with the ids of its memberships."""


async def members_of(connection: Connection, network_id: UUID) -> int | None:
    """Return how many members a network has, or None when none of their events was read."""
    found = (await network_members.load(connection, [str(network_id)])).get(str(network_id))
    return len(found.members) if found else None


async def network_of(connection: Connection, network_id: UUID) -> KnownNetwork | None:
    """Return the network as its events describe it, or None when none of its events was read."""
    return (await known_networks.load(connection, [str(network_id)])).get(str(network_id))
