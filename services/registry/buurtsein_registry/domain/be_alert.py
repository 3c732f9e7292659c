"""Decides whether a network communicates through BE-Alert."""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_kernel.problems import conflict
from buurtsein_registry.domain.network import Network


def join(network: Network, agreement_version: str, actor: str, now: datetime) -> Sequence[EventData]:
    """Accept a version of the BE-Alert conditions, as a coordinator of the network; return BeAlertJoined."""
    network.require_coordinator(actor)
    network.require("join_be_alert")
    if network.be_alert_version == agreement_version:
        raise conflict("be_alert_already_joined", "Het netwerk heeft deze versie van BE-Alert al aanvaard.")
    network.be_alert_version = agreement_version
    return [
        BeAlertJoined(network_id=network.network_id, agreement_version=agreement_version, actor=actor, joined_at=now)
    ]
