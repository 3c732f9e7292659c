"""Checks what funding knows of a network, before a handler or a view uses it."""

from buurtsein_contracts import KnownNetwork
from buurtsein_kernel.problems import missing


def coordinates(network: KnownNetwork | None, actor: str) -> bool:
    """Return whether somebody coordinates the network now."""
    return network is not None and actor in network.present_coordinators


def of_coordinator(network: KnownNetwork | None, actor: str) -> KnownNetwork:
    """Return the network if `actor` coordinates it now; raise `network_unknown` for anybody else."""
    if network is None or not coordinates(network, actor):
        raise missing("network_unknown", "Dit netwerk is hier niet bekend, of u bent er geen coördinator van.")
    return network


def known(network: KnownNetwork | None) -> KnownNetwork:
    """Return the network; raise DomainError `network_unknown` when no event of it was read."""
    if network is None:
        raise missing("network_unknown", "Dit netwerk is hier niet bekend.")
    return network
