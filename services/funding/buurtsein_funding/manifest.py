"""Declares the manifest of funding, which the stack, the operator's commands and the portal read."""

from buurtsein_chassis.manifest import Manifest
from buurtsein_contracts.topics import FUNDING, NETWORKS

MANIFEST = Manifest(
    name="funding",
    package="buurtsein_funding",
    owns=(FUNDING,),
    subscriptions={"funding.networks": (NETWORKS,)},
    from_installation={"schemes_file": "{folder}/{funding_schemes}"},
    log_keys=frozenset({"application_id"}),
    projections=("projections:known_networks",),
    lifecycles=("lifecycles:APPLICATION",),
)
