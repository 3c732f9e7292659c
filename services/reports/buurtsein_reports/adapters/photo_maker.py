"""Runs the conversion of photos, one at a time, in a process of its own that is killed when it takes too long.

Invariant: whatever a file does to the child process (crash, loop, too much memory), the service only refuses the file.
"""

import asyncio
import os
import struct
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from buurtsein_kernel.problems import DomainError
from buurtsein_reports.domain.photo import MadePhoto, Rectangle
from buurtsein_reports.handlers import VirusScan

PROGRAM = Path(__file__).with_name("conversion.py")
TOO_MANY_PIXELS = 4
"""The exit status of the program for an image with too many pixels."""
MOST_SIDE = 2560
MOST_RESULT = 16 * 1024 * 1024
_HEAD = struct.Struct(">II")


class PhotoMaker:
    """Makes photos out of sent files, after a scan for malware if the installation has a scanner."""

    def __init__(
        self, most_pixels: int, scan: VirusScan | None, *, seconds: float = 20.0, program: Path = PROGRAM
    ) -> None:
        """Take the most pixels of an image, the scanner, the seconds for one conversion, and its program."""
        self._arguments = (str(program), str(most_pixels), str(MOST_SIDE))
        self._scan = scan
        self._seconds = seconds
        self._one_at_a_time = asyncio.Semaphore(1)

    async def make(self, sent: bytes) -> MadePhoto:
        """Return the photo in a sent file.

        Raises:
            DomainError: `photo_infected`, `photo_too_many_pixels`, `photo_unreadable`.
        """
        if self._scan and not await self._scan.is_clean(sent):
            raise DomainError("photo_infected", "In dit bestand zit schadelijke software. We hebben het niet bewaard.")
        async with self._one_at_a_time:
            return await self._converted(sent)

    async def redact(self, photo: bytes, rectangles: Sequence[Rectangle]) -> MadePhoto:
        """Return the picture of a stored photo on which these rectangles are black; raise DomainError as `make`."""
        numbers = [str(number) for one in rectangles for number in (one.left, one.top, one.width, one.height)]
        async with self._one_at_a_time:
            return await self._converted(photo, *numbers)

    async def _converted(self, sent: bytes, *rectangles: str) -> MadePhoto:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-S", "-B", *self._arguments, *rectangles),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        stdin, stdout = cast("StreamWriter", process.stdin), cast("StreamReader", process.stdout)
        try:
            async with asyncio.timeout(self._seconds):
                _, result = await asyncio.gather(_give(stdin, sent), _result(process, stdout))
                status = await process.wait()
        except TimeoutError:
            raise _unreadable() from None
        finally:
            _kill(process)
            await stdout.read()  # what is left in the pipe: without its end, `wait` does not return
            await process.wait()
        return _made(status, result)


async def _give(stdin: StreamWriter, sent: bytes) -> None:
    with suppress(ConnectionError):  # the process ended before it read everything
        stdin.write(sent)
        await stdin.drain()
    stdin.close()
    with suppress(ConnectionError):
        await stdin.wait_closed()


async def _result(process: Process, stdout: StreamReader) -> bytes:
    """Return the output of the process; kill the process when the output is larger than any photo."""
    result = bytearray()
    while chunk := await stdout.read(65_536):
        if len(result) > MOST_RESULT:
            _kill(process)
        else:
            result += chunk
    return bytes(result)


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


def _made(status: int, result: bytes) -> MadePhoto:
    if status == TOO_MANY_PIXELS:
        raise DomainError("photo_too_many_pixels", "Deze foto heeft te veel beeldpunten. Stuur een kleinere.")
    if status or len(result) <= _HEAD.size:
        raise _unreadable()
    width, height = _HEAD.unpack_from(result)
    return MadePhoto(width, height, result[_HEAD.size :])


def _unreadable() -> DomainError:
    return DomainError("photo_unreadable", "Dit is geen foto die we kunnen lezen. Stuur een JPEG, PNG of WebP.")
