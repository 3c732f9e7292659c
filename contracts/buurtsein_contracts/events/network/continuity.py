"""Defines the events about how a recognised network goes on: what puts it at risk, and its yearly evaluation."""

from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.events.network.kinds import NetworkRisk
from buurtsein_contracts.model import EventData, Timestamp, described
from buurtsein_contracts.topics import NETWORKS, Topic


class NetworkAtRisk(EventData):
    """A recognised network may cease to work; each risk is told once in a calendar year, and nothing is suspended."""

    PURPOSE_NL: ClassVar[str] = (
        "Een erkend netwerk dreigt stil te vallen; elk risico komt één keer per kalenderjaar, en niets wordt geschorst."
    )
    TYPE: ClassVar[str] = "be.bin.network.at-risk.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    risks: list[NetworkRisk] = described(
        "The risks that were not told before in this year.",
        "De risico's die dit jaar nog niet gemeld zijn.",
        min_length=1,
        max_length=20,
    )
    found_at: Timestamp = described("When they were found.", "Wanneer ze gevonden zijn.")


class EvaluationSigned(EventData):
    """A coordinator and a mandated police officer have both signed the evaluation of a year; nobody changes it now."""

    PURPOSE_NL: ClassVar[str] = (
        "Een coördinator en een gemandateerde politieambtenaar tekenden allebei de evaluatie van een jaar."
    )
    TYPE: ClassVar[str] = "be.bin.network.evaluation-signed.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    year: int = described("The year that was evaluated.", "Het jaar dat geëvalueerd is.", ge=2000, le=2999)
    signed_at: Timestamp = described("When the second signature came.", "Wanneer de tweede handtekening kwam.")
