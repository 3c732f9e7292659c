"""Whether a text tells of an emergency: strong signs, weak signs, or none. The words are data (`emergencies.toml`)."""

from buurtsein_reports.domain.emergency.context import Strength
from buurtsein_reports.domain.emergency.signs import Emergencies

__all__ = ["Emergencies", "Strength"]
