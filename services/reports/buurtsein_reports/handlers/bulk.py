"""Takes one step on one of many selected reports, with the handler that the step's own route uses."""

from uuid import UUID

from buurtsein_reports import commands
from buurtsein_reports.domain.handled import Clerk, HandledReport
from buurtsein_reports.handlers.dependencies import Dependencies
from buurtsein_reports.handlers.handling import close, triage, update, write_to_reporter
from buurtsein_reports.handlers.stores import Store


async def take_step(
    report_id: UUID, step: commands.BulkStep, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> HandledReport:
    """Take a step on a report as its own route does, and return the report; raise DomainError as that route does."""
    match step:
        case commands.Triage():
            return await triage(report_id, step, clerk, seen, given, store)
        case commands.Update():
            return await update(report_id, step, clerk, seen, given, store)
        case commands.Close():
            return await close(report_id, step, clerk, seen, given, store)
        case commands.Write():
            return await write_to_reporter(report_id, step, clerk, seen, given, store)
