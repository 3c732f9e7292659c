"""Rows of lists that a city, the police or a coordinator kept elsewhere become networks and members, once."""

from datetime import date
from typing import Any

import pytest
from unit.registry.registry_memory import (
    APPLICANT,
    GIVEN,
    NEIGHBOUR,
    OFFICER,
    InMemory,
    application,
    joining,
    recognised,
)

from buurtsein_contracts.events import MemberJoined, NetworkApplied
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.member import LeavingReason
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.member import MemberStatus

SOURCE = {"system": "ledenlijst", "number": "17"}
POLICE = By(OFFICER, "", frozenset({"officer"}))
COORDINATOR = By(APPLICANT, "", frozenset({"coordinator"}))


def on_paper(**changes: Any) -> commands.ImportMemberAtAddress:
    row = {"source": SOURCE, "consented_on": date(2026, 3, 1), "reason": "lijst van de coördinator"}
    return commands.ImportMemberAtAddress.model_validate(joining().model_dump() | row | changes)


def of_city(**changes: Any) -> commands.ImportNetwork:
    row = {"source": SOURCE, "applicant": NEIGHBOUR, "reason": "lijst van de stad"}
    return commands.ImportNetwork.model_validate(application().model_dump() | row | changes)


@pytest.fixture
def store() -> InMemory:
    return InMemory()


async def test_a_network_of_a_list_begins_as_an_application_of_its_applicant(store: InMemory) -> None:
    network_id, new = await handlers.import_network(of_city(), POLICE, GIVEN, store)
    network = await store.network(network_id)
    assert (new, network.state, network.applicant) == (True, "DRAFT", NEIGHBOUR)
    assert isinstance(store.events[-1], NetworkApplied)
    assert (store.rows["networks", "ledenlijst", "17"].actor, OFFICER in network.sides) == (OFFICER, True)


async def test_an_official_cannot_enter_the_own_application(store: InMemory) -> None:
    with pytest.raises(DomainError, match="same_person"):
        await handlers.import_network(of_city(applicant=OFFICER), POLICE, GIVEN, store)


async def test_a_row_that_was_entered_before_changes_nothing(store: InMemory) -> None:
    first, _ = await handlers.import_network(of_city(), POLICE, GIVEN, store)
    assert await handlers.import_network(of_city(name="Andere naam"), POLICE, GIVEN, store) == (first, False)
    assert (await store.network(first)).name == "BIN Proef"


@pytest.mark.parametrize(("by", "role"), [(POLICE, "officer"), (COORDINATOR, "coordinator")])
async def test_a_member_of_a_list_is_accepted_by_who_enters_the_row(store: InMemory, by: By, role: str) -> None:
    network = await recognised(store)
    member_id, _ = await handlers.import_member(network.network_id, on_paper(), by, GIVEN, store, role=role)
    member = await store.member(member_id)
    assert (member.status, member.accepted_by, member.entered_by) == (MemberStatus.ACTIVE, by.actor, by.actor)
    assert member.consented_at
    assert member.consented_at.date() == date(2026, 3, 1)
    assert isinstance(store.events[-1], MemberJoined)
    assert [(read.reader, read.reason) for read in store.reads[member.person]] == [
        (by.actor, "lijst van de coördinator")
    ]


async def test_a_coordinator_of_another_network_learns_nothing(store: InMemory) -> None:
    network, stranger = await recognised(store), By(NEIGHBOUR, "", frozenset({"coordinator"}))
    with pytest.raises(DomainError, match="network_unknown"):
        await handlers.import_member(network.network_id, on_paper(), stranger, GIVEN, store, role="coordinator")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consented_on": date(2026, 11, 25)}, "consent_in_future"),
        ({"consent_version": "2019"}, "version_unknown"),
        ({"kind": "TRADER"}, "enterprise_missing"),
    ],
)
async def test_a_row_that_joining_would_refuse_is_refused(store: InMemory, changes: dict[str, Any], code: str) -> None:
    network = await recognised(store)
    with pytest.raises(DomainError, match=code):
        await handlers.import_member(network.network_id, on_paper(**changes), POLICE, GIVEN, store, role="officer")
    assert not store.members


async def test_only_police_enter_a_member_who_lives_elsewhere(store: InMemory) -> None:
    network = await recognised(store)
    elsewhere = on_paper().address.model_copy(update={"longitude": 4.9})
    row = on_paper(asks_exception=True, address=elsewhere.model_dump())
    with pytest.raises(DomainError, match="police_decides"):
        await handlers.import_member(network.network_id, row, COORDINATOR, GIVEN, store, role="coordinator")
    member_id, _ = await handlers.import_member(network.network_id, row, POLICE, GIVEN, store, role="officer")
    assert (await store.member(member_id)).reason == "lijst van de coördinator"


async def test_a_later_import_does_not_bring_an_erased_person_back(store: InMemory) -> None:
    network = await recognised(store)
    member_id, _ = await handlers.import_member(network.network_id, on_paper(), POLICE, GIVEN, store, role="officer")
    person = (await store.member(member_id)).person
    leaving = commands.Leave(reason=LeavingReason.LEFT)
    await handlers.leave(member_id, leaving, OFFICER, GIVEN, store, police=True)
    await handlers.erase(person, ErasureReason.REQUESTED, GIVEN, store, official=OFFICER)
    again = await handlers.import_member(network.network_id, on_paper(), POLICE, GIVEN, store, role="officer")
    assert (again, store.members, store.vault) == ((member_id, False), {}, {})


async def test_somebody_else_cannot_end_the_membership_of_a_person_with_an_account(store: InMemory) -> None:
    network = await recognised(store)
    member = await handlers.join(network.network_id, joining(), NEIGHBOUR, GIVEN, store)
    leaving = commands.Leave(reason=LeavingReason.MOVED)
    with pytest.raises(DomainError, match="reason_not_possible"):
        await handlers.leave(member.member_id, leaving, OFFICER, GIVEN, store, police=True)
