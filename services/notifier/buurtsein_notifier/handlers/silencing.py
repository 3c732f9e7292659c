"""Handles silences, in which alerts of a rule or category, or to a network, are not proposed."""

from typing import Protocol
from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import require_seen
from buurtsein_notifier import commands
from buurtsein_notifier.domain.silence import Silence, begun
from buurtsein_notifier.handlers.dependencies import Dependencies


class Store(Protocol):
    """A Protocol: reads and writes silences, in one transaction."""

    async def add_silence(self, silence: Silence) -> None:
        """Insert a new silence."""

    async def silence(self, silence_id: UUID) -> Silence:
        """Return a silence and lock its row; raise DomainError `silence_unknown`."""

    async def save_silence(self, silence: Silence) -> None:
        """Update a silence after somebody ended it."""


async def begin_silence(command: commands.BeginSilence, actor: str, given: Dependencies, store: Store) -> Silence:
    """Begin a silence; raise DomainError `silence_too_wide`, `silence_too_long`."""
    now = given.clock.now()
    named = command.model_dump(include={"rule", "category", "network_id", "reason"})
    silence = begun(Silence(**named, author=actor, begins_at=now, ends_at=now + command.duration))
    await store.add_silence(silence)
    return silence


async def end_silence(silence_id: UUID, by: By, given: Dependencies, store: Store) -> Silence:
    """End a silence before its time; raise DomainError `silence_unknown`, `version_changed`, `transition_refused`."""
    silence = await store.silence(silence_id)
    require_seen(by.seen, silence.version)
    silence.end(by.actor, given.clock.now())
    await store.save_silence(silence)
    return silence
