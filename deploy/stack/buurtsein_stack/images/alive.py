"""Checks inside a container that its service makes progress; the exit status is 0 for yes and 1 for no.

It is a file of the image, run with `python3.13 -I -S /opt/buurtsein/alive.py`, and uses the standard library only.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

SECONDS = 4
OK = 200


def port() -> int:
    """Return the service's port: the value of the one environment variable with a name like `<NAME>_PORT`."""
    named = (name for name in os.environ if name.endswith("_PORT") and not name.endswith("_INTERNAL_PORT"))
    return int(os.environ[next(named)])


def alive() -> bool:
    """Return whether `/health/live` answers 200 within some seconds."""
    connection = HTTPConnection("127.0.0.1", port(), timeout=SECONDS)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not alive())
