"""Makes the HTTP responses of the registry, each a model of its own."""

from buurtsein_registry.views.charters import Charters, charters_of
from buurtsein_registry.views.network_file import (
    NetworkFile,
    file_of,
    network_file,
    network_files,
    readable_network,
)
from buurtsein_registry.views.people import Erasure, Me, Membership, erasure_of, me, membership_of
from buurtsein_registry.views.progress import CharterProgress, charter_progress
from buurtsein_registry.views.public import PublicNetwork, active_networks
from buurtsein_registry.views.tasks import Task, Wanted, task_list, task_of
from buurtsein_registry.views.vault import (
    Contacts,
    Corrected,
    OwnData,
    PersonShown,
    contacts_of,
    everything_of,
    person_of,
)
from buurtsein_registry.views.vault_keys import VaultKeys, vault_keys

__all__ = [
    "CharterProgress",
    "Charters",
    "Contacts",
    "Corrected",
    "Erasure",
    "Me",
    "Membership",
    "NetworkFile",
    "OwnData",
    "PersonShown",
    "PublicNetwork",
    "Task",
    "VaultKeys",
    "Wanted",
    "active_networks",
    "charter_progress",
    "charters_of",
    "contacts_of",
    "erasure_of",
    "everything_of",
    "file_of",
    "me",
    "membership_of",
    "network_file",
    "network_files",
    "person_of",
    "readable_network",
    "task_list",
    "task_of",
    "vault_keys",
]
