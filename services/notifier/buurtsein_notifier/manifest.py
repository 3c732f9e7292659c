"""What the notifier says of itself; the stack, the operator's commands and the portal read it."""

from buurtsein_chassis.jobs import Every, Job
from buurtsein_chassis.manifest import Manifest
from buurtsein_contracts.topics import ALERTS, INCIDENTS, NETWORKS

EXPIRY = Job("expiry", Every(5))
"""Closes proposals and deliveries whose time is over, also while deliveries are held."""
REJUDGING = Job("rejudging", Every(5))
"""Judges again what an alert of another place held."""

MANIFEST = Manifest(
    name="notifier",
    package="buurtsein_notifier",
    owns=(ALERTS,),
    subscriptions={"notifier.networks": (NETWORKS,), "notifier.incidents": (INCIDENTS,)},
    on_one_machine={
        "adapter": "simulator",
        "bealert_url": "{bealert_url}",
        "alert_folder": "{alert_folder}",
        "cap_status": "{cap_status}",
        "cap_sender": "{cap_sender}",
    },
    log_keys=frozenset({"alert_id", "delivery_id", "rule", "adapter"}),
    projections=("projections:known_networks",),
    jobs=(EXPIRY, REJUDGING),
    lifecycles=("lifecycles:ALERT",),
)
