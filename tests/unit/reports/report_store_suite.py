"""Defines tests of a reports store, which run on the store in memory and (in tests/integration) on PostgreSQL."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import pytest
from unit.reports.reports_memory import CITY, GIVEN, InMemory, accept, command, submitted

from buurtsein_chassis.database import ConcurrentWrite
from buurtsein_contracts.events.member import Language
from buurtsein_reports import handlers
from buurtsein_reports.commands import Contact, Source
from buurtsein_reports.domain.report import AcceptedReport, Report, new_reference

JAN = Contact(name="Jan Peeters", email="jan@voorbeeld.be")
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
        await store.add_report(report, GIVEN.tracking.digest(report.report_id), contact, Language.NL)
        await store.record(*report.reported())


async def keep_and_fail(stored: Stored, report: Report) -> None:
    """Store a report and the event about it, then raise LookupError in the same unit of work."""
    async with stored.unit_of_work() as store:
        await store.add_report(report, GIVEN.tracking.digest(report.report_id), JAN, Language.NL)
        await store.record(*report.reported())
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
