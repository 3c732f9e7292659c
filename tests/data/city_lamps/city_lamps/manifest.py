"""Describes the service to the chassis and the stack: its name, topics, settings and needs."""

from buurtsein_chassis.manifest import Manifest
from buurtsein_contracts.topics import NETWORKS
from city_lamps.events import LAMPS

MANIFEST = Manifest(
    name="lamps",
    package="city_lamps",
    owns=(LAMPS,),
    subscriptions={"lamps.networks": (NETWORKS,)},
    from_installation={"municipality": "{name}"},
)
