"""Handles confirmations from consumers and services that they have deleted their data about erased persons."""

from buurtsein_kernel.problems import missing
from buurtsein_registry import commands
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import PersonStore


async def confirm_erasures(
    command: commands.ConfirmErasures, actor: str | None, given: Dependencies, store: PersonStore
) -> None:
    """Store that a consumer confirms these erasures; a confirmation that is already stored stays unchanged.

    `actor` is the official who says so, or None when a service confirms by an event.

    Raises:
        DomainError: `consumer_unknown` for a consumer that need not confirm, `erasure_unknown` for an event that does
            not exist.
    """
    if command.consumer not in given.rules.erasure_consumers:
        raise missing("consumer_unknown", "Deze afnemer hoeft geen wissing te bevestigen.")
    if await store.confirm_erasures(command.consumer, command.events, actor) < len(set(command.events)):
        raise missing("erasure_unknown", "Een van deze wissingen bestaat niet.")
