"""Defines how applications are stored; `buurtsein_chassis.documents` says what to do when the model changes."""

from buurtsein_chassis.documents import Documents
from buurtsein_funding.domain.application import Application

APPLICATIONS = Documents(Application)
