"""Defines the commands of the registry; each is the body of one request."""

from buurtsein_registry.commands.addresses import Address
from buurtsein_registry.commands.coordinators import AppointCoordinator, RemoveCoordinator
from buurtsein_registry.commands.members import JoinNetwork, Leave
from buurtsein_registry.commands.networks import (
    ApplyForNetwork,
    Decide,
    JoinBeAlert,
    Recognise,
    ReturnCharter,
    SignCharter,
)
from buurtsein_registry.commands.persons import ErasePerson

__all__ = [
    "Address",
    "ApplyForNetwork",
    "AppointCoordinator",
    "Decide",
    "ErasePerson",
    "JoinBeAlert",
    "JoinNetwork",
    "Leave",
    "Recognise",
    "RemoveCoordinator",
    "ReturnCharter",
    "SignCharter",
]
