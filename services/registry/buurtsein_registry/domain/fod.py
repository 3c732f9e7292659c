"""Decides on the recognition of a network by the FOD (the ministry of the interior).

Invariant: a network is recognised only when the FOD says so, on the days of the recognition. Each function changes the
network and returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import NetworkRecognised
from buurtsein_contracts.events.network import RecognitionStatus
from buurtsein_kernel.problems import DomainError
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Recognition
from buurtsein_registry.domain.states import NetworkState


def send_to_fod(network: Network, actor: str, now: datetime) -> None:
    """Record that the signed charter was sent to the FOD."""
    network.act_for(Side.LOCAL, actor)
    network.require("send_to_fod")
    network.note("send_to_fod", actor, now)
    network.state = NetworkState.SUBMITTED_TO_FOD


def recognise(network: Network, recognition: Recognition, actor: str, now: datetime) -> Sequence[EventData]:
    """Record that the FOD recognised the network; return NetworkRecognised."""
    network.act_for(Side.FOD, actor)
    network.require("recognise")
    if recognition.end and recognition.end < recognition.start:
        raise DomainError("end_before_start", "De erkenning kan niet eindigen voor ze begint.")
    network.recognition = recognition
    network.state = NetworkState.RECOGNISED
    return [
        NetworkRecognised(
            network_id=network.network_id,
            status=RecognitionStatus.ACTIVE,
            start=recognition.start,
            end=recognition.end,
            reference=recognition.reference,
            actor=actor,
            recognised_at=now,
        )
    ]


def return_charter(network: Network, reason: str, actor: str, now: datetime) -> None:
    """Record that the FOD returned the charter, with the reason."""
    network.act_for(Side.FOD, actor)
    network.require("return_charter")
    network.note("return_charter", actor, now)
    network.rejection = reason
    network.state = NetworkState.RETURNED
