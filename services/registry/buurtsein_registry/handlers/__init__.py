"""Handles the commands: each handler loads under a row lock, calls the domain, saves, and records events."""

from buurtsein_registry.handlers.addresses import find_address, import_with_address, with_address
from buurtsein_registry.handlers.applications import amend, apply_for_network, decide, sign_charter, submit
from buurtsein_registry.handlers.confirmations import confirm_erasures
from buurtsein_registry.handlers.contact_failures import contact_failed
from buurtsein_registry.handlers.continuity import confirm_active, tell_risks
from buurtsein_registry.handlers.coordinators import (
    appoint_coordinator,
    decide_appeal,
    join_be_alert,
    lodge_appeal,
    remove_coordinator,
    succeed,
)
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.ending import end_network
from buurtsein_registry.handlers.enquiries import close_enquiry, read_enquiries, send_enquiry, withdraw_enquiry
from buurtsein_registry.handlers.evaluations import sign_evaluation, write_evaluation
from buurtsein_registry.handlers.fod import recognise, reinstate, renew, return_charter, send_to_fod, suspend
from buurtsein_registry.handlers.imports import import_member, import_network
from buurtsein_registry.handlers.mandates import mandate_officer, release_officer
from buurtsein_registry.handlers.members import (
    change_preferences,
    decide_on_member,
    join,
    leave,
    leave_by_token,
    pause,
    resume,
)
from buurtsein_registry.handlers.persons import erase, erase_planned, withdraw_erasure
from buurtsein_registry.handlers.public_contacts import publish_contact, withdraw_contact
from buurtsein_registry.handlers.sanctions import (
    confirm_exclusion,
    propose_exclusion,
    sign_exclusion,
    suspend_member,
    warn,
)
from buurtsein_registry.handlers.stores import Store
from buurtsein_registry.handlers.tasks import complete_task
from buurtsein_registry.handlers.vault import (
    Everything,
    Personal,
    correct_address,
    correct_person,
    everything,
    read_contacts,
    read_person,
    read_register,
)

__all__ = [
    "Dependencies",
    "Everything",
    "Personal",
    "Store",
    "amend",
    "apply_for_network",
    "appoint_coordinator",
    "change_preferences",
    "close_enquiry",
    "complete_task",
    "confirm_active",
    "confirm_erasures",
    "confirm_exclusion",
    "contact_failed",
    "correct_address",
    "correct_person",
    "decide",
    "decide_appeal",
    "decide_on_member",
    "end_network",
    "erase",
    "erase_planned",
    "everything",
    "find_address",
    "import_member",
    "import_network",
    "import_with_address",
    "join",
    "join_be_alert",
    "leave",
    "leave_by_token",
    "lodge_appeal",
    "mandate_officer",
    "pause",
    "propose_exclusion",
    "publish_contact",
    "read_contacts",
    "read_enquiries",
    "read_person",
    "read_register",
    "recognise",
    "reinstate",
    "release_officer",
    "remove_coordinator",
    "renew",
    "resume",
    "return_charter",
    "send_enquiry",
    "send_to_fod",
    "sign_charter",
    "sign_evaluation",
    "sign_exclusion",
    "submit",
    "succeed",
    "suspend",
    "suspend_member",
    "tell_risks",
    "warn",
    "with_address",
    "withdraw_contact",
    "withdraw_enquiry",
    "withdraw_erasure",
    "write_evaluation",
]
