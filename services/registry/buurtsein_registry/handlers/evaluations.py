"""Handles the yearly evaluation of a network: the writing, and the signatures of coordinator and mandated officer."""

from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_registry import commands
from buurtsein_registry.domain import evaluating
from buurtsein_registry.domain.duties import Side, side_in
from buurtsein_registry.domain.evaluation import Evaluation, Figures
from buurtsein_registry.domain.network import Network
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import own_network, seen_network
from buurtsein_registry.handlers.stores import NetworkStore, Store


async def write_evaluation(
    network_id: UUID, year: int, command: commands.WriteEvaluation, by: By, given: Dependencies, store: Store
) -> Network:
    """Store the evaluation of a year, with the numbers of members that the registry counts."""
    side = side_in("write_evaluation", by.roles)
    network = await _loaded(network_id, side, by, store)
    evaluation = Evaluation(
        year=year,
        figures=Figures.model_validate(command.model_dump(exclude={"notes"})),
        counted=await store.members_in(network_id, year),
        notes=command.notes,
        written_by=by.actor,
        written_on=given.today,
    )
    evaluating.write(network, evaluation, side, given.clock.now())
    await store.save_network(network)
    return network


async def sign_evaluation(network_id: UUID, year: int, by: By, given: Dependencies, store: NetworkStore) -> Network:
    """Sign the evaluation of a year; record EvaluationSigned when coordinator and mandated officer both signed."""
    side = side_in("sign_evaluation", by.roles)
    network = await _loaded(network_id, side, by, store)
    events = evaluating.sign(network, year, side, by.actor, given.clock.now())
    await store.save_network(network)
    await store.record(*events)
    return network


async def _loaded(network_id: UUID, side: Side, by: By, store: NetworkStore) -> Network:
    load = own_network if side is Side.NEIGHBOURHOOD else seen_network
    return await load(network_id, by, store)
