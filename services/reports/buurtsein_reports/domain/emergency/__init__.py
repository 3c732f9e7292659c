"""Decides whether a text has strong signs of an emergency, weak ones, or none, by the words in `emergencies.toml`."""

from buurtsein_reports.domain.emergency.context import Strength
from buurtsein_reports.domain.emergency.signs import Emergencies

__all__ = ["Emergencies", "Strength"]
