"""Declares the public list of the networks that are recognised today.

Invariant: the only data of a person in it are the contacts that coordinators show with their consent.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import PLACE, Condition, Listing, ListQuery, Order, condition, contains, equals, words_in
from buurtsein_contracts.events.geography import Area, Postcode
from buurtsein_contracts.events.member import Language
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.keyring import Keyring
from buurtsein_kernel.places import Region
from buurtsein_registry.documents import NETWORKS, PUBLIC_CONTACTS
from buurtsein_registry.domain.public_contact import PublicContact
from buurtsein_registry.domain.states import JOINABLE
from buurtsein_registry.store.public_contacts import sealed_about
from buurtsein_registry.store.sealed_rows import unsealed

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


_CONTACTS = """array(select (person, key_id, data_key, data, data_schema) from public_contact
    where public_contact.network_id = network.network_id order by consented_at, person)"""
_VERSION = """version || coalesce((select string_agg(' ' || consented_at, '' order by person) from public_contact
    where public_contact.network_id = network.network_id), '')"""
"""A text that changes with the network and with its public contacts."""


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
    streets: list[str]
    languages: list[Language]
    recognised_since: date | None
    contacts: list[PublicContact] = []
    """How coordinators who agreed to it can be reached, without their names."""


class PublicQuery(ListQuery):
    """The filters of the public list of networks."""

    order: Literal["oldest", "name"] = "oldest"
    kind: Annotated[NetworkKind | None, equals("kind")] = None
    postcode: Annotated[Postcode | None, contains(POSTCODES, searched=True)] = None
    q: Words = None
    at: str | None = Field(
        default=None,
        pattern=PLACE,
        description="Longitude and latitude: only networks in whose area this point lies.",
    )


OVERVIEW = Listing[PublicNetwork](
    name="networks",
    table="network",
    select=f"document, schema, {_CONTACTS} as contacts",
    key="network_id",
    orders={"oldest": Order("network_id", "uuid"), "name": Order("name", "text")},
    cells={
        "code": lambda shown: shown.code,
        "naam": lambda shown: shown.name,
        "soort": lambda shown: shown.kind,
        "nis": lambda shown: shown.nis,
        "postcodes": lambda shown: shown.postcodes,
        "politiezone": lambda shown: shown.police_zone,
        "straten": lambda shown: shown.streets,
        "talen": lambda shown: shown.languages,
        "erkend_sinds": lambda shown: shown.recognised_since,
        "contact": lambda shown: [way for one in shown.contacts for way in (one.email, one.phone) if way],
    },
    place="area",
    version=_VERSION,
)


def recognised_on(day: date) -> Condition:
    """Return the SQL condition that a network's recognition is valid on a day."""
    dates = "{} between recognised_from and coalesce(recognised_until, 'infinity')"
    return condition(f"state = any({{}}) and {dates}", list(JOINABLE), day)


async def around(connection: Connection, at: str | None) -> Sequence[Condition]:
    """Return the SQL condition that a network's area contains the point `longitude,latitude`; none if `at` is None."""
    if at is None:
        return ()
    longitude, latitude = map(float, at.split(","))
    rows = await connection.fetch(AROUND, longitude, latitude)
    areas = [(row["network_id"], Area.model_validate_json(row["area"])) for row in rows]
    found = [key for key, area in areas if Region(area.model_dump()).has_point(longitude, latitude)]
    return [condition("network_id = any({})", found)]


def public_network(keyring: Keyring, row: asyncpg.Record) -> PublicNetwork:
    """Return the public data of a network, with the contacts that its coordinators show."""
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
        streets=network.streets,
        languages=network.languages,
        recognised_since=network.recognition.start if network.recognition else None,
        contacts=[_contact(keyring, network.network_id, *contact) for contact in row["contacts"]],
    )


def _contact(keyring: Keyring, network_id: UUID, person: str, *sealed: Any) -> PublicContact:
    row = dict(zip(("key_id", "data_key", "data", "data_schema"), sealed, strict=True))
    return unsealed(keyring, PUBLIC_CONTACTS, row, sealed_about(network_id, person))
