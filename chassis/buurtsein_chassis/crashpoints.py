"""Names places in the code at which a test can kill or stop the process by an environment variable."""

import os
import signal

_CRASH_AT = os.environ.get("BUURTSEIN_CRASH_AT")
_STOP_AT = os.environ.get("BUURTSEIN_STOP_AT")
_stops = iter([signal.SIGSTOP])


def crashpoint(name: str) -> None:
    """Exit at once, without any clean-up, when BUURTSEIN_CRASH_AT contains this name of a place in the code.

    At the place named in BUURTSEIN_STOP_AT the process stops, the first time that it gets there, until it gets SIGCONT.
    """
    if name == _CRASH_AT:
        os._exit(137)
    if name == _STOP_AT:
        for stop in _stops:
            os.kill(os.getpid(), stop)
