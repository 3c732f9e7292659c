"""Defines the commands on persons; each is the body of one request."""

from typing import Literal

from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_kernel.commands import Command


class ErasePerson(Command):
    """A request of an official to delete the data of a person who asked for it, or who died."""

    reason: Literal[ErasureReason.REQUESTED, ErasureReason.DECEASED]
