"""Names the ways in which the peer of an adapter can answer or fail, and the outcomes that are right for each."""

from enum import StrEnum

from buurtsein_notifier.adapters import Delivered, NotAllowed, Outcome, Refused, TryAgain, Unknown

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
    """How the peer treats the next message, or the next question of `status`; most ways are failures."""

    REFUSES = "refuses"
    """The peer answers that it will never accept this message (400)."""
    REFUSES_422 = "refuses_422"
    """The same with the code 422."""
    BUSY = "busy"
    """The peer answers that it accepts no messages now (503), and after how many seconds it may."""
    BUSY_429 = "busy_429"
    """The same with the code 429."""
    AWAY = "away"
    """The peer cannot be reached: each connection is refused."""
    TAKES_SILENTLY = "takes_silently"
    """The peer accepts the message, but its answer does not arrive."""
    LOSES = "loses"
    """The peer does not get the message, and no answer arrives."""
    RESETS = "resets"
    """The connection is reset, and the peer does not take the message."""
    RESETS_AFTER_ACCEPT = "resets_after_accept"
    """The peer takes the message and then resets the connection."""
    BREAKS = "breaks"
    """The peer answers that it failed itself (500); nobody knows whether it has the message."""
    TURNS_AWAY = "turns_away"
    """The peer does not know the sender (401): somebody must repair the token, and the message is tried again."""
    MOVED = "moved"
    """The peer answers with another address (302), to which a message is never sent."""
    MOVED_307 = "moved_307"
    """The same with the code 307, which asks for the same method and body."""
    TAKES_200 = "takes_200"
    """The peer takes the message and answers 200."""
    TAKES_201 = "takes_201"
    """The peer takes the message and answers 201."""
    TAKES_204 = "takes_204"
    """The peer takes the message and answers 204, without a body."""
    HAS_IT = "has_it"
    """The peer has the message already, and says so (409)."""
    STATUS_BREAKS = "status_breaks"
    """The peer answers the next question of `status` with an error of its own (500)."""
    HOSTILE = "hostile"
    """The peer takes the message and answers with each of HOSTILE_BODIES."""


TAKEN = (
    Failure.TAKES_SILENTLY,
    Failure.RESETS_AFTER_ACCEPT,
    Failure.TAKES_200,
    Failure.TAKES_201,
    Failure.TAKES_204,
    Failure.HAS_IT,
)
"""The ways in which the peer has the message afterwards."""
IN_DOUBT = (*TAKEN, Failure.LOSES, Failure.RESETS, Failure.BREAKS)
"""The ways after which an adapter cannot be sure that the peer does not have the message."""
_UNSURE: tuple[type[Outcome], ...] = (Unknown, TryAgain)
EXPECTED: dict[Failure, tuple[type[Outcome], ...]] = {
    Failure.REFUSES: (Refused, NotAllowed),
    Failure.REFUSES_422: (Refused, NotAllowed),
    Failure.BUSY: (TryAgain,),
    Failure.BUSY_429: (TryAgain,),
    Failure.AWAY: _UNSURE,
    Failure.TAKES_SILENTLY: _UNSURE,
    Failure.LOSES: _UNSURE,
    Failure.RESETS: _UNSURE,
    Failure.RESETS_AFTER_ACCEPT: _UNSURE,
    Failure.BREAKS: _UNSURE,
    Failure.TURNS_AWAY: (TryAgain,),
    Failure.MOVED: (TryAgain, Refused),
    Failure.MOVED_307: (TryAgain, Refused),
    Failure.TAKES_200: (Delivered, *_UNSURE),
    Failure.TAKES_201: (Delivered, *_UNSURE),
    Failure.TAKES_204: (Delivered, *_UNSURE),
    Failure.HAS_IT: (Delivered, *_UNSURE),
}
"""The outcomes that an adapter may return for each failure. For those in IN_DOUBT, TryAgain needs `find_first`."""
