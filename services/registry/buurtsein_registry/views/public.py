"""Makes the public list of networks, without any person in it."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.paging import Page, page_of
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain.network import Network


class PublicNetwork(BaseModel):
    """The public data of an active network."""

    network_id: UUID
    code: str
    kind: NetworkKind
    name: str
    nis: str
    postcodes: list[str]
    police_zone: str
    area: Area
    recognised_since: date | None


async def active_networks(connection: Connection, today: date, limit: int, after: UUID | None) -> Page[PublicNetwork]:
    """Return a page of the networks that are recognised today, oldest first."""
    rows = await connection.fetch(
        """select document, schema from network
           where state in ('RECOGNISED', 'AMENDING')
               and $1 between recognised_from and coalesce(recognised_until, 'infinity')
               and ($2::uuid is null or network_id > $2)
           order by network_id limit $3""",
        today,
        after,
        limit + 1,
    )
    networks = [NETWORKS.read_row(row) for row in rows]
    return page_of([_public(network) for network in networks], limit, lambda shown: str(shown.network_id))


def _public(network: Network) -> PublicNetwork:
    return PublicNetwork(
        network_id=network.network_id,
        code=network.code,
        kind=network.kind,
        name=network.name,
        nis=network.nis,
        postcodes=network.postcodes,
        police_zone=network.police_zone,
        area=network.area,
        recognised_since=network.recognition.start if network.recognition else None,
    )
