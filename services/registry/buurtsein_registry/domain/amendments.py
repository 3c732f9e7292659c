"""Decides on changes of the charter of a recognised network.

Invariant: the charter in force stays in force until korpschef and burgemeester approved the new version. Each function
changes the network and returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import NetworkAmended, NetworkSubmitted
from buurtsein_kernel.problems import DomainError
from buurtsein_registry.domain.charter import Changes, CharterParts
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import NetworkState


def amend(network: Network, parts: CharterParts, changes: Changes, actor: str, now: datetime) -> Sequence[EventData]:
    """Open a new version of the charter, which both authorities must approve; return NetworkSubmitted.

    A version that still waits for approval lapses. Raises `nothing_changed` for a version without any change.
    """
    network.require_own(actor)
    network.require("amend")
    charter = network.next_charter(parts, actor, now)
    charter.changes = _without_what_stays(changes, network)
    charter.changed = charter.changed_since(network.charter_in_force or network.newest)
    if not charter.changed:
        raise DomainError("nothing_changed", "Er verandert niets: dit is het charter dat nu geldt.")
    network.require_complete(charter)
    network.charters.append(charter)
    network.note("amend", actor, now)
    network.enter(NetworkState.AMENDING, now)
    return [submitted(network, actor, now)]


def submitted(network: Network, actor: str, now: datetime) -> NetworkSubmitted:
    """Return the event NetworkSubmitted for the newest charter version, which waits for chief of police and mayor."""
    return NetworkSubmitted(
        network_id=network.network_id, charter_version=network.newest.version, actor=actor, submitted_at=now
    )


def bring_into_force(network: Network, actor: str, now: datetime) -> Sequence[EventData]:
    """Apply the changes of the newest charter to the network after the second approval; return NetworkAmended."""
    charter, changes = network.newest, network.newest.changes
    network.name = changes.name or network.name
    network.area = changes.area or network.area
    network.postcodes = changes.postcodes or network.postcodes
    network.streets = changes.streets or network.streets
    network.dwellings = changes.dwellings or network.dwellings
    network.enter(NetworkState.RECOGNISED, now)
    return [
        NetworkAmended(
            network_id=network.network_id,
            charter_version=charter.version,
            changed=charter.changed,
            name=changes.name,
            postcodes=changes.postcodes,
            area=changes.area,
            actor=actor,
            amended_at=now,
        )
    ]


def _without_what_stays(changes: Changes, network: Network) -> Changes:
    """Return the changes of the network without values that are equal to its present values."""
    asked = {name: getattr(changes, name) for name in Changes.model_fields}
    return Changes(**{name: value for name, value in asked.items() if value != getattr(network, name)})
