"""Contains the command `buurtsein import`, which imports data from other systems."""

from buurtsein_operate.imports.command import app
from buurtsein_operate.imports.reports import Reports
from buurtsein_operate.imports.sending import Outcome, send_all
from buurtsein_operate.imports.service import Service

__all__ = ["Outcome", "Reports", "Service", "app", "send_all"]
