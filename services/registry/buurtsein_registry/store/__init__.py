"""Reads and writes the tables of the registry, in the caller's transaction."""

from buurtsein_registry.handlers import Store
from buurtsein_registry.store.contact_failures import ContactFailures
from buurtsein_registry.store.enquiries import Enquiries
from buurtsein_registry.store.imports import ImportTable
from buurtsein_registry.store.members import MemberTable
from buurtsein_registry.store.networks import MOST_NETWORKS
from buurtsein_registry.store.public_contacts import PublicContacts
from buurtsein_registry.store.tasks import TaskTable


class RegistryStore(Enquiries, PublicContacts, MemberTable, TaskTable, ContactFailures, ImportTable, Store):
    """The tables of networks, memberships and tasks, and the vault, in one unit of work."""


__all__ = ["MOST_NETWORKS", "RegistryStore"]
