"""Describes topics, settings and jobs of the notifier for the operator's commands and the portal."""

from buurtsein_chassis.jobs import Every, Job
from buurtsein_chassis.manifest import Manifest
from buurtsein_contracts.topics import ALERTS, INCIDENTS, MEMBERS, NETWORKS

EXPIRY = Job("expiry", Every(5))
"""The job that expires proposed alerts and deliveries whose time is over, also while the kill-switch is on."""
REJUDGING = Job("rejudging", Every(5))
"""The job that judges reports again after a decision on an alert, if the alert was about another place."""
DIGESTS = Job("digests", Every(20))
"""The job that proposes digests: for each rule, one alert about the facts that were held back."""
CALENDAR = Job("calendar", Every(60))
"""The job that proposes campaigns and exercises on their days."""
DUTY = Job("duty", Every(15))
"""The job that tells duty contacts that a proposed alert waits for a decision."""

MANIFEST = Manifest(
    name="notifier",
    package="buurtsein_notifier",
    owns=(ALERTS,),
    subscriptions={
        "notifier.networks": (NETWORKS,),
        "notifier.incidents": (INCIDENTS,),
        "notifier.members": (MEMBERS,),
    },
    from_installation={"cap_status": "{cap_status}", "cap_sender": "{cap_sender}"},
    on_one_machine={
        "adapter": "simulator",
        "bealert_url": "{bealert_url}",
        "alert_folder": "{alert_folder}",
        "exercises_owe_feedback": "true",
        "free_units": "0",  # so that messages have a price in the demo and in tests
    },
    calls_out=("worker",),
    log_keys=frozenset({"alert_id", "delivery_id", "rule", "adapter", "contact"}),
    projections=("projections:known_networks", "projections:network_members"),
    jobs=(EXPIRY, REJUDGING, DIGESTS, CALENDAR, DUTY),
    lifecycles=("lifecycles:ALERT",),
    bounds="retention:bounds",
)
