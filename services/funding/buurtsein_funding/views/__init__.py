"""Makes the HTTP responses of funding: an application, a list of them, and the conditions of a network."""

from buurtsein_funding.views.application_file import ApplicationFile, application_file, application_files, file_of
from buurtsein_funding.views.conditions import ConditionsNow, conditions_now

__all__ = ["ApplicationFile", "ConditionsNow", "application_file", "application_files", "conditions_now", "file_of"]
