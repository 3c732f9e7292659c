"""Handles the proposals of new alert rules and the decisions on them, and finds the rules in force."""

from dataclasses import replace
from datetime import date
from typing import Protocol

from buurtsein_kernel import editions
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.editions import Edition, EditionStore
from buurtsein_notifier import commands
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.domain.rule_editions import KIND, RuleEditor, document_of, needed, require_raised
from buurtsein_notifier.handlers.dependencies import Dependencies


class RuleStore(Protocol):
    """A Protocol: reads the alert rules in force."""

    async def rules_on(self, day: date) -> RuleBook | None:
        """Return the approved rules in force on a day; None if the installation's own rules are still in force."""


async def with_rules(given: Dependencies, store: RuleStore) -> Dependencies:
    """Return a copy of the dependencies in which `book` has the alert rules that are in force today."""
    book = await store.rules_on(brussels_day(given.clock.now()))
    return replace(given, book=book) if book else given


async def propose_rules(
    command: commands.ProposeRules, editor: RuleEditor, given: Dependencies, store: EditionStore
) -> Edition:
    """Store a proposal of new alert rules; raise DomainError `edition_too_early`, `rule_version_kept`."""
    require_raised(await store.last_approved(KIND), command.document)
    return await editions.propose(KIND, command, document_of(command.document), editor, given.clock.now(), store)


async def approve_rules(
    number: int, editor: RuleEditor, seen: str, given: Dependencies, store: EditionStore
) -> Edition:
    """Put proposed rules into force from their first day on; raise the errors of `Edition.approve`."""
    return await editions.approve(KIND, number, editor, seen, given.clock.now(), needed, store)


async def withdraw_rules(
    number: int, editor: RuleEditor, seen: str, given: Dependencies, store: EditionStore
) -> Edition:
    """Withdraw proposed rules; raise DomainError `edition_unknown`, `transition_refused`, `version_changed`."""
    return await editions.withdraw(KIND, number, editor, seen, given.clock.now(), store)
