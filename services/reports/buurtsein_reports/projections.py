"""Declares the projection that reports keeps of the events of networks, with the bounding boxes of their areas."""

from typing import Any
from uuid import UUID

from buurtsein_chassis.documents import Documents
from buurtsein_chassis.projections import Projection
from buurtsein_contracts import Event, KnownNetwork
from buurtsein_contracts.topics import NETWORKS


def _fold(network: KnownNetwork, event: Event[Any]) -> KnownNetwork:
    """Apply one more event to a network, without coordinators and officers, whom the reports service does not need."""
    return network.with_next(event).without_people()


known_networks = Projection(
    name="reports.networks",
    version=3,
    topics=(NETWORKS,),
    table="known_network",
    key="network_id",
    documents=Documents(KnownNetwork),
    begin=lambda key: KnownNetwork(network_id=UUID(key)),
    fold=_fold,
    columns=dict.fromkeys(("west", "south", "east", "north"), "float8"),
    values=lambda network: network.bounds,
)
"""The projection of the events of networks: one row for each network, also with the bounding box of its area."""
