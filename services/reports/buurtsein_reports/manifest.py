"""Declares the manifest of reports, which the stack, the operator's commands and the portal read."""

from buurtsein_chassis.jobs import DailyAt, Every, Job
from buurtsein_chassis.manifest import Manifest
from buurtsein_contracts.topics import ALERTS, CITY_INCIDENTS, INCIDENTS, NETWORKS

UNUSED_PHOTOS = Job("unused_photos", DailyAt(4, 15), timeout=600)
"""The job that removes the files of photos that no report has any more."""

FIGURES = Job("figures", DailyAt(3), timeout=600)
"""The job that counts the reports of the last months for the public figures."""

EXPORTS = Job("exports", Every(10), timeout=600)
"""The job that makes the large lists for which clerks asked."""

MANIFEST = Manifest(
    name="reports",
    package="buurtsein_reports",
    facades=("api.open311:FACADE",),
    owns=(INCIDENTS, CITY_INCIDENTS),
    subscriptions={"reports.networks": (NETWORKS,), "reports.alerts": (ALERTS,)},
    secrets=("tracking_key",),
    calls_out=("api",),  # the address register
    from_installation={
        "municipality_area": "{folder}/{municipality_area}",
        "neighbourhoods_file": "{folder}/{neighbourhoods}",
        "nis": "{nis}",
        "inhabitants": "{inhabitants}",
        "inhabitants_source": "{inhabitants_source}",
    },
    shared_folders={"photos_folder": ("api", "worker")},
    on_one_machine={"address_file": "{folder}/{address_file}", "photos_folder": "{photos_folder}"},
    jobs=(FIGURES, UNUSED_PHOTOS, EXPORTS),
    log_keys=frozenset({"report_id"}),
    projections=("projections:known_networks",),
    lifecycles=("lifecycles:REPORT",),
    bounds="retention:bounds",
)
