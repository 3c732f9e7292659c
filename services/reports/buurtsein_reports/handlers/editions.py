"""Handles the proposals of new categories and routing, and the decisions on them; no event is recorded."""

from buurtsein_kernel import editions
from buurtsein_kernel.editions import Edition
from buurtsein_reports import commands
from buurtsein_reports.domain.edition import EditionKind, needed
from buurtsein_reports.domain.handled import Clerk
from buurtsein_reports.handlers.dependencies import Dependencies
from buurtsein_reports.handlers.stores import Store


async def propose_edition(
    kind: EditionKind,
    command: commands.ProposeCategories | commands.ProposeRouting,
    clerk: Clerk,
    given: Dependencies,
    store: Store,
) -> Edition:
    """Store a proposal of new categories, or of new units and rules; raise DomainError `edition_too_early`."""
    document = command.document.model_dump(mode="json")
    return await editions.propose(kind, command, document, clerk, given.clock.now(), store)


async def approve_edition(
    kind: EditionKind, number: int, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> Edition:
    """Put a proposed edition into force from its first day on; raise the errors of `Edition.approve`."""
    return await editions.approve(kind, number, clerk, seen, given.clock.now(), needed, store)


async def withdraw_edition(
    kind: EditionKind, number: int, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> Edition:
    """Withdraw a proposed edition; raise DomainError `edition_unknown`, `transition_refused`, `version_changed`."""
    return await editions.withdraw(kind, number, clerk, seen, given.clock.now(), store)
