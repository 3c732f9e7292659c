"""Defines tests of enquiries to the coordinators of a network, which run on both stores."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from unit.registry.registry_memory import APPLICANT, GIVEN, NEIGHBOUR, NOW, applied
from unit.registry.registry_store_suite import Stored, open_network, refusal

from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.enquiry import WITHDRAW, Enquiry, EnquiryStatus
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.tokens import tokens
from buurtsein_registry.handlers import Dependencies

ANSWERED = commands.CloseEnquiry(outcome=EnquiryStatus.ANSWERED)
SPAM = commands.CloseEnquiry(outcome=EnquiryStatus.SPAM)


def question(**changes: Any) -> commands.SendEnquiry:
    form = {
        "text": "Mag ik eens langskomen?",
        "email": "piet.vraagt@voorbeeld.be",
        "phone": "0471 99 88 77",
        "consent": True,
        "consent_version": "2026-1",
    }
    return commands.SendEnquiry.model_validate(form | changes)


async def asked(stored: Stored, network: Network, given: Dependencies = GIVEN, **changes: Any) -> Enquiry:
    async with stored.unit_of_work() as store:
        return await handlers.send_enquiry(network.network_id, question(**changes), given, store)


async def closed(stored: Stored, enquiry: Enquiry, command: commands.CloseEnquiry, seen: int = 1) -> Enquiry:
    async with stored.unit_of_work() as store:
        by = By(APPLICANT, str(seen), frozenset({"coordinator"}))
        return await handlers.close_enquiry(enquiry.enquiry_id, command, by, GIVEN, store)


async def withdrawn(stored: Stored, enquiry_id: UUID, token: str) -> None:
    command = commands.WithdrawEnquiry(withdrawal_token=token)
    async with stored.unit_of_work() as store:
        await handlers.withdraw_enquiry(enquiry_id, command, GIVEN, store)


def later(days: int) -> Dependencies:
    return replace(GIVEN, clock=StandingClock(NOW + timedelta(days=days)))


class EnquirySuite:
    """Tests who may read, close and withdraw questions to a network's coordinators; for both stores."""

    async def test_a_coordinator_reads_the_enquiries_of_their_network_with_open_ones_first(
        self, stored: Stored
    ) -> None:
        network = await open_network(stored)
        before = await stored.recorded()
        first = await asked(stored, network)
        second = await asked(stored, network, later(1), text="Is er nog een plaats vrij?", email=None)
        await closed(stored, second, ANSWERED)
        async with stored.unit_of_work() as store:
            found = await handlers.read_enquiries(network.network_id, APPLICANT, store, 9)
            reads = await store.vault_reads(str(first.enquiry_id))
        assert [one.enquiry_id for one, _ in found] == [first.enquiry_id, second.enquiry_id]
        assert [(read.text, read.email, read.phone) for _, read in found] == [
            ("Mag ik eens langskomen?", "piet.vraagt@voorbeeld.be", "+32471998877"),
            ("Is er nog een plaats vrij?", None, "+32471998877"),
        ]
        assert [(read.reader, read.role) for read in reads] == [(APPLICANT, "coordinator")]
        assert await stored.recorded() == before, "no event is made"

    async def test_who_does_not_coordinate_the_network_reads_and_closes_nothing(self, stored: Stored) -> None:
        network = await open_network(stored)
        enquiry = await asked(stored, network)
        with refusal("network_unknown"):
            async with stored.unit_of_work() as store:
                await handlers.read_enquiries(network.network_id, NEIGHBOUR, store, 9)
        for enquiry_id in (enquiry.enquiry_id, uuid4()):
            with refusal("enquiry_unknown"):
                async with stored.unit_of_work() as store:
                    by = By(NEIGHBOUR, "1", frozenset({"coordinator"}))
                    await handlers.close_enquiry(enquiry_id, SPAM, by, GIVEN, store)

    async def test_an_enquiry_is_closed_once_by_who_has_read_it(self, stored: Stored) -> None:
        enquiry = await asked(stored, await open_network(stored))
        with refusal("version_changed"):
            await closed(stored, enquiry, SPAM, seen=7)
        done = await closed(stored, enquiry, SPAM)
        assert (done.status, done.closed_by, done.version) == (EnquiryStatus.SPAM, APPLICANT, 2)
        with pytest.raises(DomainError) as refused:
            await closed(stored, enquiry, ANSWERED, seen=2)
        assert (refused.value.code, list(refused.value.allowed)) == ("transition_refused", [])

    async def test_a_coordinator_sees_all_enquiries_page_by_page(self, stored: Stored) -> None:
        network = await open_network(stored)
        sent = [await asked(stored, network) for _ in range(3)]
        await closed(stored, sent[1], SPAM)
        seen: list[Enquiry] = []
        for _ in range(4):
            after = seen[-1].place if seen else None
            async with stored.unit_of_work() as store:
                found = await handlers.read_enquiries(network.network_id, APPLICANT, store, 1, after)
            seen += [enquiry for enquiry, _ in found]
        newest_first = sorted((sent[0].enquiry_id, sent[2].enquiry_id), reverse=True)
        assert [one.enquiry_id for one in seen] == [*newest_first, sent[1].enquiry_id]

    async def test_the_sender_withdraws_an_enquiry_with_the_token_only(self, stored: Stored) -> None:
        network = await open_network(stored)
        enquiry, other = [await asked(stored, network) for _ in range(2)]
        [token] = tokens(WITHDRAW, enquiry.enquiry_id, GIVEN.keyring)
        for enquiry_id, given in ((other.enquiry_id, token), (enquiry.enquiry_id, token[::-1]), (uuid4(), token)):
            with refusal("enquiry_unknown"):
                await withdrawn(stored, enquiry_id, given)
        await withdrawn(stored, enquiry.enquiry_id, token)
        async with stored.unit_of_work() as store:
            found = await handlers.read_enquiries(network.network_id, APPLICANT, store, 9)
        assert [one.enquiry_id for one, _ in found] == [other.enquiry_id]
        with refusal("enquiry_unknown"):
            await withdrawn(stored, enquiry.enquiry_id, token)

    async def test_a_network_gets_a_bounded_number_of_enquiries(self, stored: Stored) -> None:
        network = await open_network(stored)
        rules = replace(GIVEN.rules, max_open_enquiries=2, max_enquiries_per_day=3)
        today, next_week = replace(GIVEN, rules=rules), replace(later(7), rules=rules)
        first, second = [await asked(stored, network, today) for _ in range(2)]
        with refusal("too_many_enquiries"):
            await asked(stored, network, today)
        for enquiry in (first, second):
            await closed(stored, enquiry, ANSWERED)
        await asked(stored, network, today)
        with refusal("too_many_enquiries"):
            await asked(stored, network, today)
        await asked(stored, network, next_week)
        with refusal("too_many_enquiries"):
            await asked(stored, network, next_week)

    async def test_only_a_network_that_is_recognised_today_gets_enquiries(self, stored: Stored) -> None:
        async with stored.unit_of_work() as store:
            draft = await applied(store)
        with refusal("network_unknown"):
            await asked(stored, draft)
        with refusal("version_unknown"):
            await asked(stored, await open_network(stored), consent_version="1999-1")
