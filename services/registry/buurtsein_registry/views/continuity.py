"""Makes the list of recognised networks that may soon cease, for police and city."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_registry.domain.rules import Rules
from buurtsein_registry.store.continuity import at_risk


class NetworkAtRisk(BaseModel):
    """A recognised network that may soon cease, with the reasons but without any person."""

    network_id: UUID
    code: str
    name: str
    risks: list[NetworkRisk]


class NetworksAtRisk(BaseModel):
    """The recognised networks of the municipality that may soon cease."""

    items: list[NetworkAtRisk]


async def networks_at_risk(connection: Connection, rules: Rules, today: date) -> NetworksAtRisk:
    """Return the response that lists each recognised network that may soon cease, with the reasons."""
    return NetworksAtRisk(
        items=[
            NetworkAtRisk(network_id=network.network_id, code=network.code, name=network.name, risks=found)
            for network, found in await at_risk(connection, rules, today)
        ]
    )
