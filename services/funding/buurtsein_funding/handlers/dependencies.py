"""Defines the objects that the handlers of funding need besides the store."""

from dataclasses import dataclass

from buurtsein_funding.domain.scheme import Schemes
from buurtsein_kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The objects that the handlers need besides the store."""

    clock: Clock
    schemes: Schemes
