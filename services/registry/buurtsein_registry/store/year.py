"""Counts the memberships of a network in one calendar year."""

from uuid import UUID

from buurtsein_chassis.database import Connection
from buurtsein_registry.domain.evaluation import Counted

_COUNTED = """
with year as (
    select make_timestamptz($2, 1, 1, 0, 0, 0, 'Europe/Brussels') as first,
           make_timestamptz($2 + 1, 1, 1, 0, 0, 0, 'Europe/Brussels') as next
)
select count(*) filter (where joined_at < next and (left_at is null or left_at >= next)) as members,
       count(*) filter (where joined_at >= first and joined_at < next) as joined,
       count(*) filter (where left_at >= first and left_at < next) as left
from member cross join year
where network_id = $1 and document ->> 'joined_at' is not null
"""
"""The members of a network in a year; a request that was not accepted is stored without a moment of joining."""


async def members_in(connection: Connection, network_id: UUID, year: int) -> Counted:
    """Return how many members a network had at the end of a year in Belgium, and how many joined and left that year."""
    [row] = await connection.fetch(_COUNTED, network_id, year)
    return Counted.model_validate(dict(row))
