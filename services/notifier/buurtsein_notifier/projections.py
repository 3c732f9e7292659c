"""Declares the projections that the notifier keeps of `bin.networks` and `bin.members`, and reads from them."""

from collections.abc import Sequence
from uuid import UUID

from buurtsein_chassis.database import Connection
from buurtsein_chassis.documents import Documents
from buurtsein_chassis.projections import Projection
from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.topics import MEMBERS, NETWORKS
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.network_members import NetworkMembers

known_networks = Projection(
    name="notifier.networks",
    version=3,
    topics=(NETWORKS,),
    table="known_network",
    key="network_id",
    documents=Documents(KnownNetwork),
    begin=lambda key: KnownNetwork(network_id=UUID(key)),
    fold=KnownNetwork.with_next,
    columns=dict.fromkeys(("west", "south", "east", "north"), "float8"),
    values=lambda network: network.bounds,
)
"""The projection of the events of networks: one row for each network, also with the bounding box of its area."""


network_members = Projection(
    name="notifier.members",
    version=1,
    topics=(MEMBERS,),
    table="network_members",
    key="network_id",
    documents=Documents(NetworkMembers),
    begin=lambda key: NetworkMembers(network_id=UUID(key)),
    fold=NetworkMembers.with_next,
)
"""The projection of the events of members: one row for each network, which says how its members get messages."""


async def members_of(connection: Connection, network_ids: Sequence[UUID]) -> list[NetworkMembers]:
    """Return the members of these networks, in this order; a network without known members gets an empty list."""
    found = await network_members.load(connection, list(map(str, network_ids)))
    return [found.get(str(one)) or NetworkMembers(network_id=one) for one in network_ids]


async def networks_of(connection: Connection, network_ids: Sequence[UUID]) -> list[Network]:
    """Return the networks with these ids, in this order; networks that were never approved are left out."""
    found = await known_networks.load(connection, list(map(str, network_ids)))
    known = (found[key] for key in map(str, network_ids) if key in found)
    return [network for network in map(Network.of, known) if network]
