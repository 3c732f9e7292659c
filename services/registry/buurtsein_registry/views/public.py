"""Declares the public list of the networks that are recognised today, without any person in it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import PLACE, Condition, Listing, ListQuery, Order, condition, contains, equals, words_in
from buurtsein_contracts.events.geography import Area, Postcode
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.places import Region
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain.states import JOINABLE

POSTCODES = "document -> 'postcodes'"
WORDS = "to_tsvector('simple', replace(code, '-', ' ') || ' ' || name)"
BOUNDS = "area_bounds(document -> 'area')"
"""Expressions that have an index, in exactly this form."""
Words = Annotated[
    str | None,
    words_in(WORDS),
    Field(max_length=100, description="Beginnings of words in name and code."),
]
PUBLIC_SECONDS = 60
"""How long caches may keep the public list."""
AROUND = f"""select network_id, document -> 'area' as area from network
    where {BOUNDS} @> box(point($1, $2), point($1, $2)) limit 100"""  # noqa: S608 # constants of the program
"""The networks whose rectangle contains a longitude and latitude; more than 100 at one place are not looked at."""


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


class PublicQuery(ListQuery):
    """The filters of the public list of networks."""

    order: Literal["oldest", "name"] = "oldest"
    kind: Annotated[NetworkKind | None, equals("kind")] = None
    postcode: Annotated[Postcode | None, contains(POSTCODES)] = None
    q: Words = None
    at: str | None = Field(
        default=None,
        pattern=PLACE,
        description="Longitude and latitude: only networks in whose area this point lies.",
    )


OVERVIEW = Listing[PublicNetwork](
    name="networks",
    table="network",
    select="document, schema",
    key="network_id",
    orders={"oldest": Order("network_id", "uuid"), "name": Order("name", "text")},
    cells={
        "code": lambda shown: shown.code,
        "naam": lambda shown: shown.name,
        "soort": lambda shown: shown.kind,
        "nis": lambda shown: shown.nis,
        "postcodes": lambda shown: shown.postcodes,
        "politiezone": lambda shown: shown.police_zone,
        "erkend_sinds": lambda shown: shown.recognised_since,
    },
    place="area",
    version="version",
)


def recognised_on(day: date) -> Condition:
    """Return the SQL condition that a network's recognition is valid on a day."""
    dates = "{} between recognised_from and coalesce(recognised_until, 'infinity')"
    return condition(f"state = any({{}}) and {dates}", list(JOINABLE), day)


async def around(connection: Connection, at: str | None) -> Sequence[Condition]:
    """Return the SQL condition that a network's area contains the point `longitude,latitude`; none without a point."""
    if at is None:
        return ()
    longitude, latitude = map(float, at.split(","))
    rows = await connection.fetch(AROUND, longitude, latitude)
    areas = [(row["network_id"], Area.model_validate_json(row["area"])) for row in rows]
    found = [key for key, area in areas if Region(area.model_dump()).has_point(longitude, latitude)]
    return [condition("network_id = any({})", found)]


def public_network(row: asyncpg.Record) -> PublicNetwork:
    """Return the public data of a network."""
    network = NETWORKS.read_row(row)
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
