"""Defines the routes of the yearly evaluation of a network."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.answers import answered
from buurtsein_registry.api.callers import DecidedByEvaluator, DecidedBySigner, Given, ReadByConcerned, own_reader

router = APIRouter(tags=["registry"])

Year = Annotated[int, Path(ge=2000, le=2999)]


@router.get("/networks/{network_id}/evaluations", response_model_exclude_none=True)
async def evaluations(network_id: UUID, reading: ReadByConcerned, given: Given) -> views.Evaluations:
    """Return a network's yearly evaluations, with counts of members, and the last year if it has no evaluation yet.

    The ETag of the response is needed to write or sign one. A coordinator gets 404 for networks of others.
    """
    network = await views.readable_network(reading.connection, network_id, own_reader(reading))
    reading.show_tag(network.version)
    return await views.evaluations_of(reading.connection, network, given.rules, given.today)


@router.put("/networks/{network_id}/evaluations/{year}", response_model=views.NetworkFile)
async def write_evaluation(
    network_id: UUID, year: Year, command: commands.WriteEvaluation, decision: DecidedByEvaluator, given: Given
) -> Response:
    """Write or replace the evaluation of a past year; a signature under the replaced text becomes invalid."""
    handle = partial(handlers.write_evaluation, network_id, year, command, decision.by)
    return await answered(decision, handle, given)


@router.post("/networks/{network_id}/evaluations/{year}/signature", response_model=views.NetworkFile)
async def sign_evaluation(network_id: UUID, year: Year, decision: DecidedBySigner, given: Given) -> Response:
    """Sign the evaluation of a year, as a coordinator or as a mandated officer of the network."""
    return await answered(decision, partial(handlers.sign_evaluation, network_id, year, decision.by), given)
