"""Contains the command `buurtsein import`, which imports data from other systems."""

from buurtsein_operate.imports.command import app
from buurtsein_operate.imports.sending import Outcome, send_all

__all__ = ["Outcome", "app", "send_all"]
