"""Makes the list of recognised networks that may stop to work, for police and city."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain.continuity import Limits, Risk, risks

_RECOGNISED = """
select document, schema,
    (select max(greatest(joined_at, left_at)) from member m where m.network_id = n.network_id) as members_changed_at
from network n where state in ('RECOGNISED', 'AMENDING') order by network_id
"""


class NetworkAtRisk(BaseModel):
    """A recognised network with the reasons why it may stop to work; without a person."""

    network_id: UUID
    code: str
    name: str
    risks: list[Risk]


class NetworksAtRisk(BaseModel):
    """The recognised networks of the municipality that may stop to work."""

    items: list[NetworkAtRisk]


async def networks_at_risk(connection: Connection, limits: Limits, today: date) -> NetworksAtRisk:
    """Return each recognised network that has a risk, with its risks; a municipality has some tens of networks."""
    items = []
    for row in await connection.fetch(_RECOGNISED):
        network, changed_at = NETWORKS.read_row(row), row["members_changed_at"]
        found = risks(network, changed_at.date() if changed_at else None, limits, today)
        if found:
            items.append(
                NetworkAtRisk(network_id=network.network_id, code=network.code, name=network.name, risks=found)
            )
    return NetworksAtRisk(items=items)
