"""Makes the HTTP responses of the registry, each a model of its own."""

from buurtsein_registry.views.charters import Charters, charters_of
from buurtsein_registry.views.confirmations import OpenErasures, open_erasures
from buurtsein_registry.views.continuity import NetworksAtRisk, networks_at_risk
from buurtsein_registry.views.coordinator_list import (
    COORDINATORS,
    CoordinatorQuery,
    ListedCoordinator,
    listed_coordinator,
)
from buurtsein_registry.views.coordinators import Removal, last_removal_of
from buurtsein_registry.views.dossiers import DOSSIERS, DossierCounts, DossierQuery, dossier, dossier_counts, due_on
from buurtsein_registry.views.enquiries import (
    CURSOR,
    EnquiryCounts,
    EnquirySent,
    EnquiryShown,
    EnquiryState,
    EnquiryWithdrawn,
    add_token,
    enquiries_shown,
    enquiry_counts,
    enquiry_place,
    enquiry_state,
    sent,
)
from buurtsein_registry.views.evaluations import Evaluations, evaluations_of
from buurtsein_registry.views.imports import ImportedRow
from buurtsein_registry.views.joining import Joining, joining
from buurtsein_registry.views.member_list import MEMBER_LIST, ListedMember, MemberQuery, listed_member
from buurtsein_registry.views.memberships import (
    MemberFile,
    Membership,
    Reach,
    member_file,
    member_file_of,
    membership_of,
    reach,
    require_concerned,
)
from buurtsein_registry.views.network_file import (
    NetworkFile,
    file_of,
    network_file,
    readable_network,
    require_coordinated,
)
from buurtsein_registry.views.people import Erasure, Me, Withdrawn, erasure_of, me
from buurtsein_registry.views.progress import CharterProgress, charter_progress
from buurtsein_registry.views.public import (
    AROUND,
    OVERVIEW,
    PUBLIC_SECONDS,
    PublicNetwork,
    PublicQuery,
    around,
    public_network,
    recognised_on,
)
from buurtsein_registry.views.public_contacts import ContactPublished, ContactWithdrawn, contact_published
from buurtsein_registry.views.register import REGISTER, registered
from buurtsein_registry.views.similar import SIMILAR, SimilarNetwork, SimilarNetworks, similar_networks
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

__all__ = [
    "AROUND",
    "COORDINATORS",
    "CURSOR",
    "DOSSIERS",
    "MEMBER_LIST",
    "OVERVIEW",
    "PUBLIC_SECONDS",
    "REGISTER",
    "SIMILAR",
    "CharterProgress",
    "Charters",
    "ContactPublished",
    "ContactWithdrawn",
    "Contacts",
    "CoordinatorQuery",
    "Corrected",
    "DossierCounts",
    "DossierQuery",
    "EnquiryCounts",
    "EnquirySent",
    "EnquiryShown",
    "EnquiryState",
    "EnquiryWithdrawn",
    "Erasure",
    "Evaluations",
    "ImportedRow",
    "Joining",
    "ListedCoordinator",
    "ListedMember",
    "Me",
    "MemberFile",
    "MemberQuery",
    "Membership",
    "NetworkFile",
    "NetworksAtRisk",
    "OpenErasures",
    "OwnData",
    "PersonShown",
    "PublicNetwork",
    "PublicQuery",
    "Reach",
    "Removal",
    "SimilarNetwork",
    "SimilarNetworks",
    "Task",
    "Wanted",
    "Withdrawn",
    "add_token",
    "around",
    "charter_progress",
    "charters_of",
    "contact_published",
    "contacts_of",
    "dossier",
    "dossier_counts",
    "due_on",
    "enquiries_shown",
    "enquiry_counts",
    "enquiry_place",
    "enquiry_state",
    "erasure_of",
    "evaluations_of",
    "everything_of",
    "file_of",
    "joining",
    "last_removal_of",
    "listed_coordinator",
    "listed_member",
    "me",
    "member_file",
    "member_file_of",
    "membership_of",
    "network_file",
    "network_files",
    "networks_at_risk",
    "open_erasures",
    "person_of",
    "public_network",
    "reach",
    "readable_network",
    "recognised_on",
    "registered",
    "require_concerned",
    "require_coordinated",
    "sent",
    "similar_networks",
    "task_list",
    "task_of",
]
