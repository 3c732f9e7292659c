"""Makes image files for tests, also files that a reporter should not send."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

RED, BLUE = (200, 20, 20), (20, 20, 200)


def picture(width: int = 40, height: int = 20) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def file(kind: str = "JPEG", image: Image.Image | None = None, **options: Any) -> bytes:
    """Return a picture as a file of this kind."""
    out = io.BytesIO()
    (image or picture()).save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Return EXIF data with a place (GPS), the name of a camera, and how the camera was held."""
    data = Image.Exif()
    data[0x0112], data[0x010F] = orientation, "CAMERA-VAN-JAN"
    data.get_ifd(0x8825).update({1: "N", 2: (50.0, 56.0, 17.0), 3: "E", 4: (4.0, 2.0, 26.0)})
    return data


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """Return a small PNG that says it has 3.6 billion pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


LONG = zlib.compress(bytes(5_000_000), 9)
HOSTILE = {
    "empty": b"",
    "text": b"geen foto",
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif": file("GIF"),
    "tiff": file("TIFF"),
    "bmp": file("BMP"),
    "pdf": b"%PDF-1.7\n" + file(),
    "only the beginning of a JPEG": file()[:200],
    "only the beginning of a PNG": file("PNG")[:60],
    "only the beginning of a WebP": file("WEBP")[:40],
    "a JPEG without a picture": b"\xff\xd8\xff\xe0" + bytes(100),
    "a PNG with a text of 5 MB in 5 kB": file("PNG")[:33] + chunk(b"zTXt", b"k\0\0" + LONG) + file("PNG")[33:],
}
"""Files that are no photo which the service reads, by what they are."""
