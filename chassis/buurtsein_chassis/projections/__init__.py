"""Projections: what a service keeps of others' events, declared in one way, rebuilt and verified while it runs."""

from buurtsein_chassis.projections.declared import Projection

__all__ = ["Projection"]
