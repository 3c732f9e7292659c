"""Defines the deliveries that one adapter sends, where an installation has several adapters."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """The deliveries that one adapter of an installation sends."""

    only: str | None = None
    """The adapter whose deliveries these are; None for all deliveries except those of `others`."""
    others: tuple[str, ...] = ()
    patience: float | None = None
    """After how many seconds without success a message goes to the next adapter of its order; None for never."""


ALL = Share()
