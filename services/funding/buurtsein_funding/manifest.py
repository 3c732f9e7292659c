"""Declares the manifest of funding, which the stack, the operator's commands and the portal read."""

from buurtsein_chassis.jobs import DailyAt, Every, Job
from buurtsein_chassis.manifest import Manifest
from buurtsein_contracts.topics import ALERTS, ERASURES, FUNDING, FUNDING_CONFIRMATIONS, MEMBERS, NETWORKS

UNUSED_EVIDENCE = Job("unused_evidence", DailyAt(4, 30), timeout=600)
"""The job that removes the files of evidence that no application has any more."""
ENCRYPTION = Job("vault_encryption", Every(3600), timeout=300)
"""The job that encrypts the data keys of accounts and payment files under the newest installation key."""

MANIFEST = Manifest(
    name="funding",
    package="buurtsein_funding",
    owns=(FUNDING, FUNDING_CONFIRMATIONS),
    subscriptions={
        "funding.networks": (NETWORKS,),
        "funding.members": (MEMBERS,),
        "funding.erasures": (ERASURES,),
        "funding.alerts": (ALERTS,),
    },
    from_installation={"schemes_file": "{folder}/{funding_schemes}"},
    secrets=("account_key",),
    on_one_machine={
        "payer_name": "Stad (oefening)",
        "payer_iban": "BE71096123456769",
        "evidence_folder": "{photos_folder}/evidence",
    },
    jobs=(UNUSED_EVIDENCE, ENCRYPTION),
    log_keys=frozenset({"application_id"}),
    projections=("projections:known_networks", "projections:network_members"),
    shared_folders={"evidence_folder": ("api", "worker")},
    lifecycles=("lifecycles:APPLICATION",),
    bounds="retention:bounds",
)
