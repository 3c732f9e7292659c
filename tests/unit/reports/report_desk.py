"""Makes a report in a store in memory, and takes steps on it as a clerk of the police or city, or as its reporter."""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from unit.reports.reports_memory import GIVEN, InMemory, accept

from buurtsein_contracts import EventData
from buurtsein_contracts.events.incident import Route
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import commands, handlers
from buurtsein_reports.domain.handled import Clerk, HandledReport

POLICE, CITY = Clerk("p" + "1" * 32, Route.POLICE), Clerk("p" + "2" * 32, Route.CITY)
BY_REPORTER = {"object", "message", "answer"}
TRIAGE = {"category": "sluikstort", "severity": "Minor", "route_to": ["city"]}


class Desk:
    """Takes actions as police, city, reporter or another body on one of two similar reports in a store."""

    def __init__(self, store: InMemory, report_id: UUID, other_id: UUID | None = None) -> None:
        self.store = store
        self.report_id = report_id
        self.other_id = other_id

    @property
    def report(self) -> HandledReport:
        return self.store.handled[self.report_id]

    @property
    def token(self) -> str:
        return GIVEN.tracking.token(self.report_id)

    async def act(self, action: str, clerk: Clerk = CITY, **changes: Any) -> list[EventData]:
        """Take an action as a clerk or as the reporter, and return the events that were recorded."""
        before, seen = len(self.store.events), str(self.report.version)
        if action in BY_REPORTER:
            await self.react(action, **changes)
        else:
            await self._decide(action, clerk, seen, changes)
        return self.store.events[before:]

    async def react(self, action: str, **changes: Any) -> HandledReport | DomainError:
        """Take an action as the reporter, and return the report, or the error that refuses the action."""
        where = (self.report.reference, self.token)
        if action == "answer":
            return await self.answer(**changes)
        if action == "message":
            written = commands.Write.model_validate({"message": "Het ligt achter de bank."} | changes)
            return await handlers.write_to_clerks(*where, written, GIVEN, self.store)
        objection = {"reason": "not_solved", "message": "Het ligt er nog."} | changes
        return await handlers.object_to(*where, commands.ObjectTo.model_validate(objection), GIVEN, self.store)

    async def answer(self, **changes: Any) -> HandledReport:
        """Answer as the body to which the report was forwarded."""
        token = changes.pop("token", None) or GIVEN.tracking.forwarding_token(
            self.report_id, self.report.forwarding or 0
        )
        said = commands.Answer.model_validate({"answer": "will_do"} | changes)
        return await handlers.answer(self.report.reference, token, said, GIVEN, self.store)

    async def _decide(self, action: str, clerk: Clerk, seen: str, changes: dict[str, Any]) -> None:
        handle, command, body = self._command(action)
        seen = changes.pop("seen", seen)
        made: Any = command.model_validate(body | changes)
        if action == "relocate":
            handle = partial(_relocate, await handlers.look_up(made.place, GIVEN))
        await handle(self.report_id, made, clerk, seen, GIVEN, self.store)

    def _command(self, action: str) -> tuple[Any, Any, dict[str, Any]]:
        if action == "triage":
            return handlers.triage, commands.Triage, TRIAGE
        if action == "assign":
            return (
                handlers.assign,
                commands.Assign,
                {"unit": "openbaar-domein", "assignee": "me", "reason": "Ik kijk ernaar."},
            )
        if action == "relocate":
            return None, commands.Relocate, {"location": ELSEWHERE, "reason": "Gezien op de foto."}
        if action == "reopen":
            return handlers.reopen, commands.Reopen, {"reason": "closed_by_mistake"}
        if action in CLOSINGS:
            body = dict(CLOSINGS[action])
            if action == "link_duplicate":
                body["duplicate_of"] = self.other_id
            return handlers.close, commands.Close, body
        return handlers.update, commands.Update, UPDATES[action]

    async def move_to(self, status: str) -> None:
        """Bring the report to a status, with the fewest steps of its lifecycle diagram."""
        for action in WAYS[status]:
            await self.act(action)


async def _relocate(looked_up: Any, report_id: UUID, made: Any, *rest: Any) -> HandledReport:
    """Call the handler `relocate` with the place that the lookup of the address returned."""
    return await handlers.relocate(report_id, made, looked_up, *rest)


ELSEWHERE = {"latitude": 50.7, "longitude": 4.7}
ASSIGN = {"unit": "openbaar-domein", "assignee": "me", "reason": "Ik kijk ernaar."}
UPDATES: dict[str, dict[str, Any]] = {
    "begin": {"status": "IN_PROGRESS"},
    "ask_reporter": {"status": "WAITING_REPORTER", "message": "Waar ligt het juist?"},
    "plan": {"status": "PLANNED", "planned_on": date(2026, 12, 1)},
    "forward": {"status": "FORWARDED", "forwarded_to": "De Watergroep"},
}
CLOSINGS: dict[str, dict[str, Any]] = {
    "resolve": {"resolution": "RESOLVED", "reason": "done"},
    "reject": {"resolution": "REJECTED", "reason": "private_property"},
    "link_duplicate": {"resolution": "DUPLICATE", "reason": "reported_before"},
}
WAYS: dict[str, tuple[str, ...]] = {
    "RECEIVED": (),
    "TRIAGED": ("triage",),
    "IN_PROGRESS": ("triage", "begin"),
    "WAITING_REPORTER": ("triage", "begin", "ask_reporter"),
    "PLANNED": ("triage", "begin", "plan"),
    "FORWARDED": ("triage", "begin", "forward"),
    "RESOLVED": ("triage", "begin", "resolve"),
    "REJECTED": ("triage", "reject"),
    "DUPLICATE": ("link_duplicate",),
    "REOPENED": ("triage", "begin", "resolve", "reopen"),
}


async def another(store: InMemory, **changes: Any) -> HandledReport:
    number = len(store.reports)
    return store.handled[(await accept(store, category="sluikstort", text=f"Zak {number}.", **changes)).report_id]


async def a_desk() -> Desk:
    """Return a store with two reports of illegal dumping."""
    store = InMemory()
    return Desk(store, (await another(store)).report_id, (await another(store)).report_id)
