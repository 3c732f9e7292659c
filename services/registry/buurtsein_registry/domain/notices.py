"""Decides which events must be reported to the FOD (Belgian ministry of the Interior), and makes a task for each."""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import CoordinatorAppointed, CoordinatorRemoved, NetworkAmended, NetworkEnded
from buurtsein_contracts.events.network import CoordinatorRole
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.tasks import Task, TaskKind, task_due


def notices(network: Network, events: Sequence[EventData], days: int, now: datetime) -> list[Task]:
    """Return a task, due within `days` days, for each event that must be reported to the FOD (the ministry).

    The FOD is told of recognised networks only, and not of what it entered itself.
    """
    if network.recognition is None:
        return []
    subjects = [about for event in events if (about := _subject(event, network))]
    return [task_due(TaskKind.INFORM_FOD, network.network_id, days, now, about) for about in subjects]


def _subject(event: EventData, network: Network) -> str | None:
    """Return the task's reference for an event that the ministry (FOD) must be told of; None for other events."""
    match event:
        case NetworkAmended():
            return f"charter {event.charter_version}"
        case NetworkEnded() if event.actor is None or network.sides.get(event.actor) is not Side.FOD:
            return f"ended {event.reason}"
        case CoordinatorAppointed() if network.taken_over_on and not network.past_coordinators:
            return None  # the FOD has the charter with the first coordinators of a network that was taken over
        case CoordinatorRemoved() | CoordinatorAppointed(role=CoordinatorRole.COORDINATOR):
            return event.coordinator
    return None
