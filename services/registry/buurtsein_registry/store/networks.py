"""Loads and saves networks, each as one JSON document in a row of the table `network`."""

from datetime import datetime
from typing import override
from uuid import UUID

from buurtsein_contracts.events import NetworkAtRisk
from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_kernel.problems import conflict, missing
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import OPEN
from buurtsein_registry.handlers.stores import NetworkStore
from buurtsein_registry.store.unit import Unit

MOST_NETWORKS = 999_999
"""The most networks; the code of a network in events has at most six digits."""


class NetworkTable(Unit, NetworkStore):
    """Loads and saves networks, each as one JSON document in a row of the table `network`."""

    @override
    async def network(self, network_id: UUID) -> Network:
        row = await self._connection.fetchrow(
            "select document, schema from network where network_id = $1 for update", network_id
        )
        if row is None:
            raise missing("network_unknown", "Dit netwerk bestaat niet.")
        return NETWORKS.read_row(row)

    @override
    async def next_code(self, kind: str, place: str) -> str:
        number = await self._connection.fetchval("select nextval('network_number')")
        if number > MOST_NETWORKS:
            raise conflict("network_numbers_used_up", "Er zijn geen nummers meer voor nieuwe netwerken.")
        return f"{kind.replace('-', '')}-{place}-{number:04d}"

    @override
    async def open_applications(self, applicant: str) -> int:
        await self._connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", applicant)
        number: int = await self._connection.fetchval(
            "select count(*) from network where applicant = $1 and state = any($2)", applicant, list(OPEN)
        )
        return number

    @override
    async def add_network(self, network: Network) -> None:
        await self._connection.execute(
            """insert into network (network_id, code, kind, state, name, version, document, schema, applicant,
                   state_since)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
            network.network_id,
            network.code,
            network.kind,
            network.state,
            network.name,
            network.version,
            NETWORKS.write(network),
            NETWORKS.schema,
            network.applicant,
            network.state_since,
        )

    @override
    async def save_network(self, network: Network) -> None:
        network.next_version()
        recognition = network.recognition
        await self._connection.execute(
            """update network set state = $2, version = $3, document = $4, schema = $5, recognised_from = $6,
                   recognised_until = $7, name = $8, state_since = $9, updated_at = now() where network_id = $1""",
            network.network_id,
            network.state,
            network.version,
            NETWORKS.write(network),
            NETWORKS.schema,
            recognition.start if recognition else None,
            recognition.end if recognition else None,
            network.name,
            network.state_since,
        )

    @override
    async def told_risks(self, network_id: UUID, since: datetime) -> set[NetworkRisk]:
        rows = await self._connection.fetch(
            """select distinct json_array_elements_text(data -> 'risks') as risk from event_log
               where topic = $1 and key = $2 and type = $3 and (data ->> 'found_at')::timestamptz >= $4""",
            NetworkAtRisk.TOPIC.name,
            str(network_id),
            NetworkAtRisk.TYPE,
            since,
        )
        return {NetworkRisk(row["risk"]) for row in rows}
