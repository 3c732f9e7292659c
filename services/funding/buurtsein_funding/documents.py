"""How applications are stored; see `buurtsein_chassis.documents` for what to do when the model changes."""

from buurtsein_chassis.documents import Documents
from buurtsein_funding.domain.application import Application

APPLICATIONS = Documents(Application)
