"""`buurtsein import`: bring in what other systems hold."""

from buurtsein_deploy.imports.command import app
from buurtsein_deploy.imports.sending import Outcome, send_all

__all__ = ["Outcome", "app", "send_all"]
