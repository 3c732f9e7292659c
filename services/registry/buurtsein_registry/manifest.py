"""Describes topics, settings and jobs of the registry for the operator's commands and the portal."""

from buurtsein_chassis.jobs import DailyAt, Every, Job
from buurtsein_chassis.manifest import Manifest
from buurtsein_contracts.topics import CONFIRMATIONS, ERASURES, MEMBERS, NETWORKS

ENCRYPTION = Job("vault_encryption", Every(3600), timeout=300)
"""The job that encrypts data keys under the newest installation key, and old rows that are not encrypted yet."""
PLANNED_ERASURES = Job("planned_erasures", Every(3600), timeout=300)
"""The job that erases persons on the planned day, or as soon as they are no longer member or coordinator."""
CONTINUITY = Job("continuity", DailyAt(6))
"""The job that records which recognised networks may cease to work, each risk once a year."""

MANIFEST = Manifest(
    name="registry",
    package="buurtsein_registry",
    owns=(NETWORKS, MEMBERS, ERASURES),
    subscriptions={"registry.confirmations": CONFIRMATIONS},
    secrets=("vault_key",),
    calls_out=("api",),  # the address register
    from_installation={
        "municipality_area": "{folder}/{municipality_area}",
        "nis": "{nis}",
        "network_code": "{network_code}",
        "police_zone": "{police_zone}",
        "consent_versions": "{versions_consent}",
        "be_alert_versions": "{versions_be_alert}",
        "erasure_consumers": "{erasure_consumers}",
    },
    on_one_machine={  # in tests, one person applies for all networks, and many members have one address
        "address_file": "{folder}/{address_file}",
        "max_open_applications": "10000",
        "most_members_per_address": "10000",
        "acceptance": "at_once",
    },
    jobs=(ENCRYPTION, PLANNED_ERASURES, CONTINUITY),
    log_keys=frozenset({"network_id"}),
    lifecycles=("lifecycles:NETWORK", "lifecycles:MEMBERSHIP"),
    bounds="retention:bounds",
)
