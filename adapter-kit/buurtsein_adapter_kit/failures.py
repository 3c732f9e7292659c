"""Names the ways in which the peer of an adapter can fail, and the outcomes that are right for each."""

from enum import StrEnum

from buurtsein_notifier.adapters import NotAllowed, Outcome, Refused, TryAgain, Unknown

BUSY_SECONDS = 7
HOSTILE_BODIES = {
    "empty": b"",
    "binary": b"\xff\xfe\x00" * 100,
    "hidden_characters": b'{"reference": "a\\u0000b\\u202ec"}',
    "no_text": b'{"reference": {"a": [1, 2]}}',
    "deep": b"[" * 60_000,
    "huge": b'{"reference": "' + b"a" * 5_000_000 + b'"}',
    "markup": b"<script>alert(1)</script>",
}
"""Bodies with which a peer can answer after it has taken a message."""


class Failure(StrEnum):
    """A way in which the peer can fail when the next message is sent, such as a lost answer."""

    REFUSES = "refuses"
    """The peer answers that it will never accept this message."""
    BUSY = "busy"
    """The peer answers that it accepts no messages now."""
    AWAY = "away"
    """The peer cannot be reached."""
    TAKES_SILENTLY = "takes_silently"
    """The peer accepts the message, but its answer does not arrive."""
    LOSES = "loses"
    """The peer does not get the message, and no answer arrives."""
    RESETS = "resets"
    """The connection is reset, and the peer does not take the message."""
    RESETS_AFTER_ACCEPT = "resets_after_accept"
    """The peer takes the message and then resets the connection."""
    TURNS_AWAY = "turns_away"
    """The peer does not know the sender (401): somebody must repair the token, and the message is tried again."""
    MOVED = "moved"
    """The peer answers with another address (302), to which a message is never sent."""
    HOSTILE = "hostile"
    """The peer takes the message and answers with each of HOSTILE_BODIES."""


EXPECTED: dict[Failure, tuple[type[Outcome], ...]] = {
    Failure.REFUSES: (Refused, NotAllowed),
    Failure.BUSY: (TryAgain,),
    Failure.AWAY: (TryAgain, Unknown),
    Failure.TAKES_SILENTLY: (Unknown, TryAgain),
    Failure.LOSES: (Unknown, TryAgain),
    Failure.RESETS: (Unknown, TryAgain),
    Failure.RESETS_AFTER_ACCEPT: (Unknown, TryAgain),
    Failure.TURNS_AWAY: (TryAgain,),
    Failure.MOVED: (TryAgain, Refused),
}
"""The outcomes that an adapter may return for each failure. For those in IN_DOUBT, TryAgain needs `find_first`."""
IN_DOUBT = (Failure.TAKES_SILENTLY, Failure.LOSES, Failure.RESETS, Failure.RESETS_AFTER_ACCEPT)
TAKEN = (Failure.TAKES_SILENTLY, Failure.RESETS_AFTER_ACCEPT)
