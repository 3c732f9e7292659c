"""What the service says of itself: read by the stack, the operator's commands and the portal."""

from buurtsein_chassis.manifest import Manifest
from buurtsein_contracts.events import NetworkApproved

MANIFEST = Manifest(
    name="funding",
    package="buurtsein_funding",
    kept={
        "funding.networks": {
            NetworkApproved.TYPE: "select network_id::text from known_network where document ->> 'approval' is not null"
        }
    },
)
