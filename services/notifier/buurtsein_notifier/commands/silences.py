"""Defines the command that begins a silence."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from buurtsein_contracts.events.incident import Category
from buurtsein_kernel.commands import Command
from buurtsein_notifier.commands.fields import Why


class BeginSilence(Command):
    """A request to propose no alerts of a rule, of a category or to a network for some hours; it names at least one."""

    rule: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")] = None
    category: Category | None = None
    network_id: UUID | None = None
    hours: int = Field(ge=1, le=31 * 24)
    reason: Why

    @property
    def duration(self) -> timedelta:
        """Return how long the silence lasts."""
        return timedelta(hours=self.hours)
