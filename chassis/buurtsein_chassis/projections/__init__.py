"""Projections: tables made of the events of other services, declared in one way, rebuilt and verified while in use."""

from buurtsein_chassis.projections.declared import Projection

__all__ = ["Projection"]
