"""Handles the proposals of new editions, and the decisions on them; no event is recorded."""

from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import require_seen
from buurtsein_reports import commands
from buurtsein_reports.domain.category import CategoryDocument, leaves_police
from buurtsein_reports.domain.edition import Edition, EditionKind, Last, Proposal, proposed
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
    now = given.clock.now()
    last, number, today = await store.last_approved(kind), await store.next_number(kind), brussels_day(now)
    document = command.document.model_dump(mode="json")
    proposal = Proposal(kind=kind, number=number, valid_from=command.valid_from, document=document, why=command.why)
    edition = proposed(proposal, last, clerk, today, now)
    await store.add_edition(edition)
    return edition


async def approve_edition(
    kind: EditionKind, number: int, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> Edition:
    """Put a proposed edition into force from its first day on; raise the errors of `Edition.approve`."""
    last, edition, now = await store.last_approved(kind), await store.edition(kind, number), given.clock.now()
    require_seen(seen, edition.version)
    edition.approve(last, clerk, brussels_day(now), now, by_police=_needs_police(last, edition))
    await store.save_decision(edition)
    return edition


async def withdraw_edition(
    kind: EditionKind, number: int, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> Edition:
    """Withdraw a proposed edition; raise DomainError `edition_unknown`, `transition_refused`, `version_changed`."""
    edition = await store.edition(kind, number)
    require_seen(seen, edition.version)
    edition.withdraw(clerk, given.clock.now())
    await store.save_decision(edition)
    return edition


def _needs_police(last: Last, edition: Edition) -> bool:
    if edition.kind is not EditionKind.CATEGORIES:
        return False
    before, after = (CategoryDocument.model_validate(one.document) for one in (last, edition))
    return leaves_police(before, after)
