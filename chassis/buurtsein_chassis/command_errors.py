"""Defines the error of a command line: a stable code, and one sentence that says what is wrong with the set-up.

Invariant: the user of a command sees the sentence and exit status 2, never a traceback.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class CommandError(Exception):
    """Raised when the machine or its set-up prevents a command.

    Args:
        code: Stable, lower case with hyphens, for scripts and tests.
        sentence: For people: what is wrong and what to do.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@contextmanager
def machine_errors() -> Iterator[None]:
    """Turn the operating system's refusals (disk full, no permission) into a `CommandError`."""
    try:
        yield
    except OSError as error:
        codes = {errno.ENOSPC: "disk-full", errno.EDQUOT: "disk-full", errno.EACCES: "no-permission"}
        where = f" ({error.filename})" if error.filename else ""
        raise CommandError(codes.get(error.errno or 0, "system"), f"{error.strerror or error}{where}") from error
