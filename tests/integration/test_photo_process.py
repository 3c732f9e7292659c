"""A photo is converted in a process without other rights, and is refused if that crashes or a virus is found."""

import asyncio
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from unit.reports.photo_files import HOSTILE, bomb, file, picture

from buurtsein_chassis.virus_scan import Clamd, ScanFailed
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.adapters import PhotoMaker
from buurtsein_reports.adapters.photo_maker import PROGRAM

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def maker(most_pixels: int = 25_000_000, scan: Clamd | None = None, **changes: object) -> PhotoMaker:
    return PhotoMaker(most_pixels, scan, **changes)  # type: ignore[arg-type]


async def refusal(sent: bytes, **changes: object) -> str:
    with pytest.raises(DomainError) as raised:
        await maker(**changes).make(sent)  # type: ignore[arg-type]
    return raised.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_is_converted_within_the_limits_of_the_process(kind: str) -> None:
    made = await maker().make(file(kind, picture(5000, 4000)))
    assert (made.width, made.height) == (2560, 2048)
    assert made.jpeg.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE)
async def test_what_is_no_photo_is_refused(sent: bytes) -> None:
    assert await refusal(sent) == "photo_unreadable"


async def test_an_image_with_too_many_pixels_is_refused() -> None:
    assert await refusal(bomb()) == "photo_too_many_pixels"
    assert await refusal(file(image=picture(100, 100)), most_pixels=9_999) == "photo_too_many_pixels"


@pytest.mark.parametrize(
    "program",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import time; time.sleep(600)",
        "while True: pass",
        "import sys; [sys.stdout.write('x' * 100000) for _ in range(10000)]",
        "import sys; sys.stdin.read(); sys.stdout.write('short')",
    ],
)
async def test_a_process_that_crashes_hangs_or_writes_too_much_refuses_the_file(program: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(program)
    assert await refusal(file(), program=path, seconds=1.0) == "photo_unreadable"


@pytest.mark.parametrize(
    "deed",
    [
        "socket.socket()",
        "open('/etc/passwd')",
        "bytearray(2 * 1024 ** 3)",
        "(os.close(0), socket.socket())",
    ],
)
def test_the_process_can_open_no_connection_and_no_file_and_takes_no_more_memory(deed: str) -> None:
    body = f"try:\n {deed}\nexcept (OSError, MemoryError, ValueError):\n print('refused')"
    code = f"import os, resource, socket, conversion\nconversion.limit()\n{body}"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROGRAM.parent, capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr


@asynccontextmanager
async def clamd(where: Path, *, silent: bool = False) -> AsyncIterator[Path]:
    """Run a double of clamd that answers INSTREAM as its documentation says, on a socket in a folder."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        sent = b""
        while length := struct.unpack(">I", await reader.readexactly(4))[0]:
            sent += await reader.readexactly(length)
        if not silent:
            said = b"INSTREAM size limit exceeded. ERROR" if len(sent) > 200_000 else b"stream: OK"
            writer.write((b"stream: Eicar-Test-Signature FOUND" if EICAR in sent else said) + b"\0")
            await writer.drain()
            writer.close()

    server = await asyncio.start_unix_server(answered, where / "clamd.sock")
    async with server:
        yield where / "clamd.sock"


async def test_a_clean_photo_passes_the_scanner_and_one_with_malware_is_refused(tmp_path: Path) -> None:
    async with clamd(tmp_path) as path:
        scan = Clamd(f"unix:{path}", seconds=5)
        assert (await maker(scan=scan).make(file())).width == 40
        assert await scan.is_clean(bytes(150_000))
        assert await refusal(file() + EICAR, scan=scan) == "photo_infected"


async def test_a_scanner_that_is_away_silent_or_refuses_lets_nothing_pass(tmp_path: Path) -> None:
    async with clamd(tmp_path) as path:
        with pytest.raises(ScanFailed):
            await maker(scan=Clamd(f"unix:{path}", seconds=5)).make(bytes(300_000))
    with pytest.raises(ScanFailed):
        await maker(scan=Clamd(f"unix:{path}", seconds=5)).make(file())
    (tmp_path / "silent").mkdir()
    async with clamd(tmp_path / "silent", silent=True) as path:
        with pytest.raises(ScanFailed):
            await maker(scan=Clamd(f"unix:{path}", seconds=0.2)).make(file())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ScanFailed):
            await Clamd(f"127.0.0.1:{taken.getsockname()[1]}", seconds=5).is_clean(file())
