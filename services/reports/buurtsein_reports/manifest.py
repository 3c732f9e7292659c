"""Declares the manifest of reports, which the stack, the operator's commands and the portal read."""

from buurtsein_chassis.manifest import Manifest
from buurtsein_contracts.topics import CITY_INCIDENTS, INCIDENTS, NETWORKS

MANIFEST = Manifest(
    name="reports",
    package="buurtsein_reports",
    facades=("api.open311:FACADE",),
    owns=(INCIDENTS, CITY_INCIDENTS),
    subscriptions={"reports.networks": (NETWORKS,)},
    secrets=("tracking_key",),
    from_installation={"municipality_area": "{folder}/{municipality_area}", "nis": "{nis}"},
    log_keys=frozenset({"report_id"}),
    projections=("projections:known_networks",),
    lifecycles=("lifecycles:REPORT",),
    bounds="retention:bounds",
)
