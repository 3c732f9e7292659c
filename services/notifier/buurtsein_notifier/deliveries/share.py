"""Defines which deliveries one adapter sends."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """The deliveries that one adapter sends, where an installation has several."""

    only: str | None = None
    """The adapter whose deliveries these are; None for all but those of `others`."""
    others: tuple[str, ...] = ()
    patience: float | None = None
    """After how many seconds without success a message goes to the next adapter of its order; None for never."""


ALL = Share()
