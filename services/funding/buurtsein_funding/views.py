"""What funding shows: the file of an application, the work list, and how a network's conditions stand now."""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.calls import Page, page_of
from buurtsein_chassis.database import Connection
from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.events.funding import Condition
from buurtsein_funding.domain.application import Application, ApplicationState
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_funding.domain.scheme import Schemes
from buurtsein_funding.projections import known_networks
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import missing


class ApplicationFile(Application):
    """An application with `conditions` at submission, `decision.conditions`, and what can happen next."""

    requested_cents: int
    actions: list[str]


class ConditionsNow(BaseModel):
    """The four conditions of a network as they stand now, for who asks as requester."""

    network_id: UUID
    kind: str | None
    name: str | None
    scheme: str
    form_version: str
    conditions: list[Condition]


def file_of(application: Application) -> ApplicationFile:
    """The file of an application."""
    shown = application.model_dump()
    return ApplicationFile(**shown, requested_cents=application.total_cents, actions=application.allowed())


async def application_file(connection: Connection, application_id: UUID, requester: str | None) -> ApplicationFile:
    """One file, of this requester when one is given; DomainError `application_unknown`."""
    document = await connection.fetchval(
        "select document from application where application_id = $1 and ($2::text is null or requester = $2)",
        application_id,
        requester,
    )
    if document is None:
        raise missing("application_unknown", "Deze aanvraag bestaat niet.")
    return file_of(Application.model_validate_json(document))


async def application_files(
    connection: Connection, states: list[ApplicationState], limit: int, after: UUID | None
) -> Page[ApplicationFile]:
    """Files in the given states (all when none is given), oldest first."""
    rows = await connection.fetch(
        """select document from application
           where state = any($1) and ($2::uuid is null or application_id > $2) order by application_id limit $3""",
        states or list(ApplicationState),
        after,
        limit + 1,
    )
    files = [file_of(Application.model_validate_json(row["document"])) for row in rows]
    return page_of(files, limit, lambda shown: str(shown.application_id))


async def known_network(connection: Connection, network_id: UUID) -> KnownNetwork | None:
    """The network as its events tell, or None when none was read."""
    return (await known_networks.load(connection, [str(network_id)])).get(str(network_id))


def conditions_now(network: KnownNetwork, requester: str, schemes: Schemes) -> ConditionsNow:
    """What an application made now would be answered; DomainError `scheme_unknown`."""
    day = brussels_day(datetime.now(UTC))
    scheme = schemes.valid(day.year, day)
    return ConditionsNow(
        network_id=network.network_id,
        kind=network.approved.value.kind if network.approved else None,
        name=network.named.value if network.named else None,
        scheme=scheme.name,
        form_version=scheme.form_version,
        conditions=conditions_of(network, requester, scheme.form_version, day),
    )
