"""Defines tests of a reports store, which run on the store in memory and (in tests/integration) on PostgreSQL."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import pytest
from unit.reports.reports_memory import CITY, GIVEN, NOW, InMemory, accept, command, submitted

from buurtsein_chassis.database import ConcurrentWrite
from buurtsein_contracts.events.incident import Category, Route, Severity
from buurtsein_kernel.editions import Last, Proposal, proposed
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import handlers
from buurtsein_reports.commands import Contact, Source, Triage
from buurtsein_reports.domain import closing, handling
from buurtsein_reports.domain.edition import EditionKind
from buurtsein_reports.domain.handled import Clerk
from buurtsein_reports.domain.report import AcceptedReport, Report, new_reference
from buurtsein_reports.domain.routing import shipped_routing
from buurtsein_reports.domain.shipped import shipped_categories
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.domain.steps import Step

JAN = Contact(name="Jan Peeters", email="jan@voorbeeld.be")
CLERK = Clerk("p" + "3" * 32, Route.CITY)
POLICE = Clerk("p" + "4" * 32, Route.POLICE)
CATEGORIES, ROUTING = EditionKind.CATEGORIES, EditionKind.ROUTING
TRIAGE = Triage(category=Category.LITTER, severity=Severity.MINOR, route_to=[Route.CITY])
SOURCE: dict[str, Any] = {"system": "hotline", "number": "M-1"}


class Stored(Protocol):
    """A store under test, which is used in units of work."""

    @property
    def unit_of_work(self) -> Callable[[], AbstractAsyncContextManager[handlers.Store]]:
        """Begin a unit of work, whose changes are kept when no error is raised."""

    async def counts(self) -> list[int]:
        """Return the number of reports, of reporters' contacts, and of events in the store."""


async def new_report(**changes: Any) -> Report:
    """Return a new report that is not stored."""
    return await accept(InMemory(), CITY, **changes)


async def keep(stored: Stored, report: Report, contact: Contact = JAN) -> None:
    """Store a report and the event about it."""
    async with stored.unit_of_work() as store:
        await store.add_report(report, GIVEN.tracking.digest(report.report_id), contact)
        await store.record(*report.accepted())


async def keep_and_fail(stored: Stored, report: Report) -> None:
    """Store a report and the event about it, then raise LookupError in the same unit of work."""
    async with stored.unit_of_work() as store:
        await store.add_report(report, GIVEN.tracking.digest(report.report_id), JAN)
        await store.record(*report.accepted())
        raise LookupError


async def found(stored: Stored, report: Report) -> AcceptedReport | None:
    """Return a report, read in a new unit of work."""
    async with stored.unit_of_work() as store:
        return await store.same_report(report.repeat_digest)


class ReportStoreSuite:
    """The shared store tests; each test gets an empty store from the fixture `stored` of the subclass."""

    async def test_a_report_is_found_again_by_its_digest(self, stored: Stored) -> None:
        report = await new_report()
        await keep(stored, report)
        again = await found(stored, report)
        assert again == AcceptedReport.model_validate(report.model_dump())
        assert await stored.counts() == [1, 1, 1]

    async def test_a_report_is_found_by_the_record_that_it_was_made_from(self, stored: Stored) -> None:
        report = await new_report(source=SOURCE)
        await keep(stored, report)
        async with stored.unit_of_work() as store:
            known = await store.report_of(Source.model_validate(SOURCE))
            other = await store.report_of(Source(system="waterlijn", number="M-1"))
        assert known
        assert (known.report_id, other) == (report.report_id, None)

    async def test_an_approved_edition_is_in_force_from_its_day_on(self, stored: Stored) -> None:
        day, shipped = NOW.date(), shipped_categories().model_dump(mode="json", exclude={"edition"})
        proposal = Proposal(kind=CATEGORIES, number=1, valid_from=day, document=shipped, why="Omdat.")
        edition = proposed(proposal, Last(document=shipped), CLERK, day, NOW)
        async with stored.unit_of_work() as store:
            assert await store.next_number(CATEGORIES) == 1
            await store.add_edition(edition)
        async with stored.unit_of_work() as store:
            last, read = await store.last_approved(CATEGORIES), await store.edition(CATEGORIES, 1)
            assert (last.number, read, (await store.categories_on(day)).edition) == (0, edition, 0)
            read.approve(last, POLICE, day, NOW, None)
            await store.save_decision(read)
        async with stored.unit_of_work() as store:
            tables = [await store.categories_on(day + timedelta(days)) for days in (-1, 0)]
            assert [one.edition for one in tables] == [0, 1]
            assert (await store.last_approved(CATEGORIES)).number == 1

    async def test_a_stored_rule_whose_hours_have_an_offset_routes_in_belgian_time(self, stored: Stored) -> None:
        day, shipped = NOW.date(), shipped_routing().model_dump(mode="json", exclude={"edition"})
        rule = {"code": "dag", "unit": "wijkpolitie", "between": ["08:00:00Z", "20:00:00+01:00"]}
        proposal = Proposal(kind=ROUTING, number=1, valid_from=day, document=shipped | {"rules": [rule]}, why="Omdat.")
        edition = proposed(proposal, Last(document=shipped), CLERK, day, NOW)
        edition.approve(Last(document=shipped), POLICE, day, NOW, None)
        async with stored.unit_of_work() as store:
            await store.add_edition(edition)
            await store.save_decision(edition)
        async with stored.unit_of_work() as store:
            routed = (await new_report()).routed_by(await store.routing_on(day))
        assert (routed.unit, routed.unit_why) == ("wijkpolitie", "Regel dag: tussen 08:00 en 20:00.")

    async def test_an_anonymous_report_leaves_no_contact(self, stored: Stored) -> None:
        await keep(stored, await new_report(), Contact())
        await keep(stored, await new_report(text="Iets anders."), Contact(name=""))
        assert await stored.counts() == [2, 0, 2]

    async def test_a_change_after_saving_changes_nothing_that_is_stored(self, stored: Stored) -> None:
        report = await new_report()
        reference = report.reference
        await keep(stored, report)
        report.reference = new_reference()
        again = await found(stored, report)
        assert again
        assert again.reference == reference

    @pytest.mark.parametrize("same", ["reference", "repeat_digest", "source_number"])
    async def test_a_second_report_with_the_same_reference_digest_or_source_leaves_nothing(
        self, stored: Stored, same: str
    ) -> None:
        first = await new_report(source=SOURCE)
        second = await new_report(text="Iets anders.", source=SOURCE | {"number": "M-2"})
        setattr(second, same, getattr(first, same))
        await keep(stored, first)
        with pytest.raises(ConcurrentWrite):
            await keep(stored, second)
        assert await stored.counts() == [1, 1, 1]

    async def test_the_same_number_of_another_system_is_another_record(self, stored: Stored) -> None:
        await keep(stored, await new_report(source=SOURCE))
        await keep(stored, await new_report(source=SOURCE | {"system": "waterlijn"}))
        assert await stored.counts() == [2, 2, 2]

    async def test_a_unit_of_work_that_fails_stores_nothing(self, stored: Stored) -> None:
        report = await new_report()
        with pytest.raises(LookupError):
            await keep_and_fail(stored, report)
        assert await stored.counts() == [0, 0, 0]
        assert await found(stored, report) is None

    async def test_a_report_submitted_twice_is_kept_once(self, stored: Stored) -> None:
        async with stored.unit_of_work() as store:
            first = await submitted(store, CITY, category="sluikstort")
        async with stored.unit_of_work() as store:
            second = await submitted(store, CITY, category="sluikstort")
        assert (first.again, second.again) == (False, True)
        assert second.report.report_id == first.report.report_id
        assert await stored.counts() == [1, 0, 2]

    async def test_an_emergency_is_counted_although_it_is_refused(self, stored: Stored) -> None:
        async with stored.unit_of_work() as store:
            await handlers.submit_report(command(danger=True), CITY, GIVEN, store)
        assert await stored.counts() == [0, 0, 0]

    async def test_a_step_and_what_it_changed_are_read_again(self, stored: Stored) -> None:
        report = await new_report(category="sluikstort")
        await keep(stored, report)
        async with stored.unit_of_work() as store:
            handled = await store.report(report.report_id)
            events = handling.triage(handled, TRIAGE, shipped_categories().require(Category.LITTER), CLERK, NOW)
            await store.save_handling(handled, Step.after(handled, CLERK, NOW, message="We kijken ernaar."))
            await store.record(*events)
        async with stored.unit_of_work() as store:
            again = await store.report(report.report_id)
            own = await store.own_report(report.reference, GIVEN.tracking.token(report.report_id))
        assert again == own == handled
        assert (again.status, again.version, again.category) == (ReportStatus.TRIAGED, 2, Category.LITTER)
        assert await stored.counts() == [1, 1, 4]

    async def test_the_step_that_moved_a_report_last_is_found(self, stored: Stored) -> None:
        report = await new_report(category="sluikstort")
        await keep(stored, report)
        for note in (None, "eerst", "laatst"):
            async with stored.unit_of_work() as store:
                handled = await store.report(report.report_id)
                handled.version += 1
                if note:
                    await store.relocate(handled, report)
                await store.save_handling(handled, Step.after(handled, CLERK, NOW, note=note))
        async with stored.unit_of_work() as store:
            move, none = await store.last_move(report.report_id), await store.last_move(UUID(int=1))
        assert move
        assert (move.note, move.number, none) == ("laatst", 4, None)

    async def test_a_report_knows_how_many_are_linked_to_it(self, stored: Stored) -> None:
        original, repeat = [await new_report(category="sluikstort", text=text) for text in ("Een zak.", "Twee zakken.")]
        await keep(stored, original)
        await keep(stored, repeat)
        async with stored.unit_of_work() as store:
            linked, first = await store.report_and_original(repeat.report_id, original.report_id)
            closing.link_duplicate(linked, first, CLERK, NOW)
            await store.save_handling(linked, Step.after(linked, CLERK, NOW))
        async with stored.unit_of_work() as store:
            assert (await store.report(original.report_id)).duplicates == 1
            assert (await store.report(repeat.report_id)).duplicate_of == original.report_id

    async def test_a_report_that_nobody_knows_and_a_wrong_token_are_refused_alike(self, stored: Stored) -> None:
        report = await new_report()
        await keep(stored, report)
        other = GIVEN.tracking.token(UUID(int=1))
        async with stored.unit_of_work() as store:
            for asked in (
                store.report(UUID(int=1)),
                store.report_and_original(report.report_id, UUID(int=1)),
                store.own_report(report.reference, other),
                store.own_report(report.reference, None),
                store.own_report("2222-2222", other),
            ):
                with pytest.raises(DomainError, match="report_unknown"):
                    await asked
