"""Declares the list of the present coordinators of all networks, by pseudonym, for officials.

Its columns are those that `buurtsein import coordinators` reads.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel

from buurtsein_chassis.lists import Listing, ListQuery, Order, equals
from buurtsein_contracts.events.network import CoordinatorRole

_TABLE = """(
    select md5(network_id::text || (c ->> 'person'))::uuid as list_id, network_id, code, version,
        c ->> 'person' as person, c ->> 'role' as role,
        (c ->> 'screened_on')::date as screened_on, (c ->> 'appointed_on')::date as appointed_on
    from network, jsonb_array_elements(document -> 'coordinators') as c where state <> 'ENDED'
) coordinator"""


class ListedCoordinator(BaseModel):
    """A present coordinator, with the day of the favourable screening."""

    network_id: UUID
    code: str
    person: str
    role: CoordinatorRole
    screened_on: date
    appointed_on: date


class CoordinatorQuery(ListQuery):
    """The filters of the list of coordinators."""

    order: Literal["network"] = "network"
    network_id: Annotated[UUID | None, equals("network_id")] = None
    role: Annotated[CoordinatorRole | None, equals("role")] = None


COORDINATORS = Listing[ListedCoordinator](
    name="coordinators",
    table=_TABLE,
    select="network_id, code, person, role, screened_on, appointed_on",
    key="list_id",
    orders={"network": Order("code", "text")},
    cells={
        "netwerk": lambda shown: shown.code,
        "persoon": lambda shown: shown.person,
        "rol": lambda shown: shown.role,
        "screening": lambda _: "OK",
        "screening_op": lambda shown: shown.screened_on,
        "meerderjarig": lambda _: True,
        "aangesteld_op": lambda shown: shown.appointed_on,
    },
    version="version",
)


def listed_coordinator(row: asyncpg.Record) -> ListedCoordinator:
    """Return a coordinator, as the list shows it."""
    return ListedCoordinator.model_validate({name: row[name] for name in ListedCoordinator.model_fields})
