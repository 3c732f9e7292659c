"""What the service says of itself: read by the stack, the operator's commands and the portal."""

from buurtsein_chassis.manifest import Manifest

MANIFEST = Manifest(
    name="funding",
    package="buurtsein_funding",
    projections=("projections:known_networks",),
)
