"""`buurtsein import`: imports data of other systems."""

from buurtsein_operate.imports.command import app
from buurtsein_operate.imports.sending import Outcome, send_all

__all__ = ["Outcome", "app", "send_all"]
