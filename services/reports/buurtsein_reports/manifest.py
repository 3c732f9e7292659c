"""What the service says of itself: read by the stack, the operator's commands and the portal."""

from buurtsein_chassis.manifest import Manifest

MANIFEST = Manifest(
    name="reports",
    package="buurtsein_reports",
    projections=("projections:known_networks",),
)
