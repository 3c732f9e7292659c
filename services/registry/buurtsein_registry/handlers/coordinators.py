"""Handles coordinators' appointment, removal, succession and appeal, and a network's acceptance of BE-Alert."""

from datetime import date
from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import missing
from buurtsein_registry import commands
from buurtsein_registry.domain import appeals, be_alert, coordinators
from buurtsein_registry.domain.duties import Side, side_in
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.removal import Removal
from buurtsein_registry.domain.rules import require_version
from buurtsein_registry.domain.screening import Outcome, Screening
from buurtsein_registry.domain.tasks import TaskKind, task_due
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.loading import coordinated_network, saved, seen_network
from buurtsein_registry.handlers.stores import NetworksAndTasks, NetworkStore


async def appoint_coordinator(
    network_id: UUID, command: commands.AppointCoordinator, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Store the outcome of a screening, and appoint a suitable candidate; record CoordinatorAppointed."""
    network = await seen_network(network_id, by, store)
    screening = _screening(command.candidate, command.screening_outcome, command.screened_on, by, given)
    events = coordinators.assess(network, screening, command.role, given.rules.screening_valid_days)
    return await saved(network, events, given, store)


async def remove_coordinator(
    network_id: UUID,
    person: str,
    command: commands.RemoveCoordinator,
    by: By,
    given: Dependencies,
    store: NetworksAndTasks,
) -> Network:
    """Remove a coordinator, or let one resign; record CoordinatorRemoved."""
    removal = _removal("remove_coordinator", person, command, by, given)
    load = coordinated_network if removal.side is Side.NEIGHBOURHOOD else seen_network
    network = await load(network_id, by, store)
    events = coordinators.remove(network, removal, given.clock.now())
    return await saved(network, events, given, store)


async def succeed(
    network_id: UUID, command: commands.Succeed, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Replace the main coordinator by a successor; record CoordinatorRemoved and CoordinatorAppointed."""
    network = await seen_network(network_id, by, store)
    main = network.require_main_coordinator()
    events = coordinators.succeed(
        network,
        command.successor,
        _removal("succeed", main, command, by, given),
        _screening(command.successor, "OK", command.screened_on, by, given) if command.screened_on else None,
        given.rules.screening_valid_days,
        given.clock.now(),
    )
    return await saved(network, events, given, store)


async def lodge_appeal(
    network_id: UUID, person: str, command: commands.LodgeAppeal, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Store the appeal of a removed coordinator, and open a task to decide on it.

    The coordinator lodges it, and gets `network_unknown` for another person; or the city enters it from a letter.
    """
    network, now, side = await store.network(network_id), given.clock.now(), side_in("lodge_appeal", by.roles)
    if side is Side.NEIGHBOURHOOD and person != by.actor:
        raise missing("network_unknown", "Dit netwerk bestaat niet.")
    appeals.lodge(network, person, command.lodged_on or given.today, side, by.actor, now)
    await store.open_task(task_due(TaskKind.DECIDE_APPEAL, network_id, given.rules.decide_appeal_days, now, person))
    return await saved(network, [], given, store)


async def decide_appeal(
    network_id: UUID, person: str, command: commands.DecideAppeal, by: By, given: Dependencies, store: NetworksAndTasks
) -> Network:
    """Decide on the appeal of a removed coordinator; record CoordinatorAppointed when it is upheld."""
    network = await seen_network(network_id, by, store)
    events = appeals.decide(network, person, by.actor, given.clock.now(), upheld=command.outcome == "upheld")
    return await saved(network, events, given, store)


async def join_be_alert(
    network_id: UUID, command: commands.JoinBeAlert, actor: str, given: Dependencies, store: NetworkStore
) -> Network:
    """Accept the conditions of BE-Alert, as a coordinator of the network; record BeAlertJoined."""
    network = await store.network(network_id)
    events = be_alert.join(network, command.agreement_version, actor, given.clock.now())
    require_version(command.agreement_version, given.rules.be_alert_versions)
    await store.save_network(network)
    await store.record(*events)
    return network


def _removal(act: str, person: str, command: commands.RemoveCoordinator, by: By, given: Dependencies) -> Removal:
    return Removal(
        person=person,
        reason=command.reason,
        actor=by.actor,
        side=side_in(act, by.roles),
        heard_on=command.heard_on,
        appeal_days=given.rules.appeal_days,
    )


def _screening(person: str, outcome: Outcome, screened_on: date, by: By, given: Dependencies) -> Screening:
    return Screening(
        person=person, outcome=outcome, screened_on=screened_on, actor=by.actor, noted_at=given.clock.now()
    )
