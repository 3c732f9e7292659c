"""Imports rows of lists that were kept outside the registry, as networks and members.

Each handler returns the id of the network or membership made from the row, and whether it is new. A row that was
imported before changes nothing.
"""

import secrets
from dataclasses import replace
from datetime import datetime, time
from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.problems import missing
from buurtsein_registry import commands
from buurtsein_registry.domain import membership
from buurtsein_registry.domain.duties import side_in
from buurtsein_registry.domain.fod import Letter
from buurtsein_registry.domain.imports import NETWORKS, Imported, require_past
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.taking_over import take_over
from buurtsein_registry.domain.vault_read import Reader
from buurtsein_registry.handlers.applications import apply_for_network, new_network
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.members import requested, store_request
from buurtsein_registry.handlers.stores import Store


async def import_network(
    command: commands.ImportNetwork, by: By, given: Dependencies, store: Store
) -> tuple[UUID, bool]:
    """Create a network from an imported row: it is an application, or a network that was recognised on paper.

    Records NetworkApplied for an application, which is then decided on like any other application; records the events
    of `take_over` for a recognised network. Raises the errors of `apply_for_network` or `take_over`, and `same_person`
    when officials enter their own application.
    """
    if known := await store.imported(NETWORKS, command.source.system, command.source.number):
        return known, False
    side = side_in("import_network", by.roles)
    if command.recognised:
        network = await _taken_over(command, command.recognised, Letter(by.actor, side), given, store)
    else:
        network = await apply_for_network(command, command.applicant, given, store)
        network.act_for(side, by.actor)
        await store.save_network(network)
    await store.note_import(_record(NETWORKS, network.network_id, command, by, given, command.reason))
    return network.network_id, True


async def _taken_over(
    command: commands.ImportNetwork,
    before: commands.RecognisedBefore,
    letter: Letter,
    given: Dependencies,
    store: Store,
) -> Network:
    network = await new_network(command, command.applicant, given, store)
    proved = replace(letter, document_sha256=before.document_sha256)
    events = take_over(network, before.paper, before.recognition, proved, given.clock.now())
    await store.add_network(network)
    await store.record(*events)
    return network


async def import_member(
    network_id: UUID, command: commands.ImportMemberAtAddress, by: By, given: Dependencies, store: Store, *, role: str
) -> tuple[UUID, bool]:
    """Import a member who agreed on paper, and accept the member at once; record MemberJoined.

    The member gets a new pseudonym. The import is recorded as a read of the member's data, with the reason.

    Raises:
        DomainError: `network_unknown`, also for a coordinator of another network; `consent_in_future`; and the errors
            of `join` and of the acceptance.
    """
    police = role != "coordinator"
    if not (police or await store.coordinates(by.actor, network_id)):
        raise missing("network_unknown", "Dit netwerk bestaat niet.")
    if known := await store.imported(str(network_id), command.source.system, command.source.number):
        return known, False
    now, person = given.clock.now(), f"p{secrets.token_hex(16)}"
    require_past(command.consented_on, now)
    member = await requested(network_id, command, person, given, store)
    member.consented_at = datetime.combine(command.consented_on, time(12), BRUSSELS)
    member.entered_by = by.actor
    events = membership.accept(member, by.actor, command.reason if member.needs_police else None, now, police=police)
    await store_request(member, command, store)
    await store.read_person(person, Reader(by.actor, role, command.reason))
    await store.note_import(_record(str(network_id), member.member_id, command, by, given))
    await store.record(*events)
    return member.member_id, True


def _record(
    scope: str,
    became: UUID,
    command: commands.ImportNetwork | commands.ImportMember,
    by: By,
    given: Dependencies,
    reason: str | None = None,
) -> Imported:
    source = command.source.model_dump()
    return Imported(scope=scope, became=became, actor=by.actor, reason=reason, imported_at=given.clock.now(), **source)
