"""Makes the responses that show people their own data: pseudonym, memberships, and an erasure."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_registry.documents import MEMBERS
from buurtsein_registry.domain import person
from buurtsein_registry.domain.states import NetworkState
from buurtsein_registry.views.memberships import Membership, membership_of

_NETWORKS = """
select n.network_id, n.code, n.name, n.state, array_agg(part order by part) as parts
from (
    select network_id, 'applicant' as part from network where applicant = $1
    union select network_id, 'coordinator' from network
        where document -> 'coordinators' @> jsonb_build_array(jsonb_build_object('person', $1::text))
    union select network_id, 'member' from member where person = $1 and left_at is null
) p join network n using (network_id)
group by n.network_id order by n.network_id
"""


class OwnNetwork(BaseModel):
    """A network in which the caller is `applicant`, `coordinator` or `member`."""

    network_id: UUID
    code: str
    name: str
    state: NetworkState
    parts: list[str]


class Me(BaseModel):
    """The caller's pseudonym, name, roles, networks and memberships."""

    person: str
    name: str | None = None
    """The name in the vault, when the caller is or was a member."""
    roles: list[str]
    networks: list[OwnNetwork]
    memberships: list[Membership]


class Erasure(BaseModel):
    """The record that a person's data was or will be deleted: the time and the reason, without the pseudonym."""

    reason: ErasureReason
    erased_at: datetime | None = None
    planned_on: date | None = None
    """The day on which the data will be deleted, if the person is still a member or coordinator."""


class Withdrawn(BaseModel):
    """The response to a person who withdrew the request to be erased."""

    withdrawn: bool = True


def erasure_of(erasure: person.Erasure) -> Erasure:
    """Convert the record of an erasure to the form of the response."""
    return Erasure.model_validate(erasure.model_dump())


async def me(connection: Connection, actor: str, today: date, roles: Collection[str], name: str | None) -> Me:
    """Return the caller's pseudonym, name, roles, networks and memberships."""
    rows = await connection.fetch("select document, schema from member where person = $1 order by member_id", actor)
    memberships = [membership_of(MEMBERS.read_row(row), today) for row in rows]
    networks = [OwnNetwork.model_validate(dict(row)) for row in await connection.fetch(_NETWORKS, actor)]
    return Me(person=actor, name=name, roles=sorted(roles), networks=networks, memberships=memberships)
