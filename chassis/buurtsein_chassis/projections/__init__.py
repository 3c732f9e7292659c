"""Keeps projections, which are tables computed from events of other services; they can be rebuilt while in use."""

from buurtsein_chassis.projections.declared import Projection

__all__ = ["Projection"]
