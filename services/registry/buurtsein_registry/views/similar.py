"""Finds networks that may duplicate another one: areas of one kind that overlap, or names with the same words."""

from uuid import UUID

import asyncpg
from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.geography import Area
from buurtsein_kernel.places import overlap
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import JOINABLE, NetworkState
from buurtsein_registry.views.public import BOUNDS, WORDS

SMALLEST_OVERLAP = 0.01
"""The smallest overlap that is reported, as part of the smaller area; smaller overlaps come from inexact drawing."""
SIMILAR = f"""
select network_id, code, name, state, document -> 'area' as area, kind = $2 as same_kind, applicant = $5 as same_person,
    exists (select from jsonb_array_elements(document -> 'coordinators') c where c ->> 'person' = any($7))
        as same_coordinator,
    {WORDS} @@ plainto_tsquery('simple', $4) as same_words
from network
where network_id <> $1 and state = any($6)
    and ({BOUNDS} && area_bounds($3::jsonb) or {WORDS} @@ plainto_tsquery('simple', $4))
order by network_id limit 100
"""  # noqa: S608 # constants of the program


class SimilarNetwork(BaseModel):
    """A network that may duplicate another network, with the reasons."""

    network_id: UUID
    code: str
    name: str
    state: NetworkState
    overlap_percent: int | None = None
    """How much of the smaller of both areas lies in the other, for a network of the same kind."""
    same_words: bool
    """True when all words of the name occur in the other name or code."""
    same_applicant: bool
    same_coordinator: bool
    """True when one person coordinates both networks."""


class SimilarNetworks(BaseModel):
    """The networks that may duplicate a given network."""

    items: list[SimilarNetwork]


async def similar_networks(connection: Connection, network: Network, *, for_official: bool) -> SimilarNetworks:
    """Return networks that may be duplicates, those with the most reasons first; officials see all states."""
    states = set(NetworkState) - {NetworkState.ENDED} if for_official else JOINABLE
    rows = await connection.fetch(
        SIMILAR,
        network.network_id,
        network.kind,
        network.area.model_dump_json(),
        network.name,
        network.applicant,
        list(states),
        list(network.coordinating),
    )
    found = [_compared(row, network) for row in rows]
    return SimilarNetworks(items=sorted(filter(_is_similar, found), key=_reasons, reverse=True))


def _compared(row: asyncpg.Record, network: Network) -> SimilarNetwork:
    area = Area.model_validate_json(row["area"]).model_dump()
    part = overlap(area, network.area.model_dump()) if row["same_kind"] else 0.0
    return SimilarNetwork(
        network_id=row["network_id"],
        code=row["code"],
        name=row["name"],
        state=row["state"],
        overlap_percent=round(100 * part) if part >= SMALLEST_OVERLAP else None,
        same_words=row["same_words"],
        same_applicant=row["same_person"],
        same_coordinator=row["same_coordinator"],
    )


def _is_similar(found: SimilarNetwork) -> bool:
    return found.overlap_percent is not None or found.same_words


def _reasons(found: SimilarNetwork) -> tuple[int, int]:
    persons = found.same_applicant, found.same_coordinator
    reasons = (found.overlap_percent is not None, found.same_words, *persons)
    return sum(reasons), found.overlap_percent or 0
