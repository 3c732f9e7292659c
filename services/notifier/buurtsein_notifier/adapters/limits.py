"""Defines the limits that an adapter declares, and finds what a message has beyond them.

A message beyond a limit is never given to the adapter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from buurtsein_notifier import cap


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an adapter and its peer, declared in the adapter's class attribute `limits`; None is no limit."""

    headline: int | None = None
    """The longest headline in characters, for peers that pass it on as an SMS."""
    size: int | None = None
    """The largest message in bytes."""
    channels: frozenset[str] | None = None
    """The channels that the peer can use: `sms`, `voice`, `email`; a message needs at least one of these channels."""
    languages: frozenset[str] | None = None
    """The languages that the peer can pass on, such as `nl`; a message needs at least one of these languages."""
    cancels: bool = True
    """Whether the peer takes a message that cancels an earlier message."""
    receipts: bool = False
    """Whether `status` tells, after a message was sent, how many members of each network got it."""
    per_minute: int | None = None
    """The maximum number of messages in one minute, of all workers together."""


def beyond(limits: Limits, message: cap.CapAlert, size: int) -> str | None:
    """Return the code of the first limit that a message of `size` bytes exceeds, or None when there is none."""
    return next((code for code, exceeded in _checks(limits, message, size) if exceeded), None)


def _checks(limits: Limits, message: cap.CapAlert, size: int) -> Iterator[tuple[str, bool]]:
    headlines = [len(info.headline or "") for info in message.info]
    languages = {(info.language or "").split("-")[0].lower() for info in message.info}
    channels = {one.value for info in message.info for one in info.parameter if one.value_name == "BIN-CHANNEL"}
    yield "beyond_size", limits.size is not None and size > limits.size
    yield "beyond_headline", limits.headline is not None and max(headlines, default=0) > limits.headline
    yield "beyond_cancels", message.msg_type is cap.MsgType.CANCEL and not limits.cancels
    yield "beyond_languages", _disjoint(languages, limits.languages)
    yield "beyond_channels", _disjoint(channels, limits.channels)


def _disjoint(needed: set[str], possible: frozenset[str] | None) -> bool:
    return possible is not None and bool(needed) and possible.isdisjoint(needed)


def targets(message: cap.CapAlert) -> frozenset[str]:
    """Return the targets of a message: the ids of its networks."""
    return frozenset(
        code.value for info in message.info for area in info.area for code in area.geocode if code.value_name == "BIN"
    )


def only_for(message: cap.CapAlert, networks: frozenset[str]) -> cap.CapAlert:
    """Return a copy of a message with the areas of these networks only; the copy is shown, and never sent as CAP."""

    def kept(info: cap.Info) -> cap.Info:
        areas = (one for one in info.area if any(code.value in networks for code in one.geocode))
        return info.model_copy(update={"area": tuple(areas)})

    return message.model_copy(update={"info": tuple(map(kept, message.info))})
