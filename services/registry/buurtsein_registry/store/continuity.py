"""Finds the recognised networks that may soon cease, such as those with too few coordinators."""

from datetime import date, datetime

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_kernel.days import brussels_day
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain.continuity import risks
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.rules import Rules

_RECOGNISED = """
select document, schema,
    (select max(greatest(joined_at, left_at)) from member m where m.network_id = n.network_id) as members_changed_at,
    (select min(sent_at) from enquiry e where e.network_id = n.network_id and e.closed_at is null) as oldest_enquiry
from network n where state in ('RECOGNISED', 'AMENDING') order by network_id
"""


async def at_risk(connection: Connection, rules: Rules, today: date) -> list[tuple[Network, list[NetworkRisk]]]:
    """Return each recognised network that may soon cease, with the reasons; the number of networks is small."""
    found = []
    for row in await connection.fetch(_RECOGNISED):
        network = NETWORKS.read_row(row)
        changed_on, asked_on = _day(row["members_changed_at"]), _day(row["oldest_enquiry"])
        found.append((network, risks(network, changed_on, rules, today, asked_on)))
    return [(network, reasons) for network, reasons in found if reasons]


def _day(moment: datetime | None) -> date | None:
    return brussels_day(moment) if moment else None
