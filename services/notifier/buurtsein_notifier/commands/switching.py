"""Defines the command that uses the kill-switch."""

from buurtsein_kernel.commands import Command
from buurtsein_notifier.commands.fields import Why


class Switch(Command):
    """A request to stop all deliveries of alerts (`on`), or to start them again."""

    on: bool
    reason: Why
