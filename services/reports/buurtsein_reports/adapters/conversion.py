"""Converts one image, as a program: the file that was sent comes in on standard input, the photo goes out as JPEG.

Arguments: the most pixels of the image, the most pixels on the long side of the photo, and for each rectangle that is
painted black four numbers (left, top, width, height). Standard output is width and height (4 bytes each, big-endian)
and the JPEG; the exit status says why there is none. The program limits itself before it reads a byte, and imports
nothing of this project. It is run by `photo_maker.py`.
"""

import contextlib
import io
import resource
import struct
import sys
from collections.abc import Sequence

from PIL import Image, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

KINDS = ("JPEG", "PNG", "WEBP")
PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
"""What Pillow would import later, when this process can no longer open files; EXIF data is in the form of TIFF."""
QUALITY = 85
UNREADABLE, TOO_MANY_PIXELS = 3, 4
MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 10
LIMITS = {
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_CPU: CPU_SECONDS,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_NOFILE: 0,
}
"""The limits of this process. Without new file descriptors it can open no file and no connection."""


class TooManyPixels(Exception):
    """Raised for an image with more pixels than allowed, before any of them is decoded."""


def limit() -> None:
    """Limit the memory, CPU time and file descriptors of this process; the process cannot raise these limits."""
    Image.preinit()
    for kind, most in LIMITS.items():
        resource.setrlimit(kind, (most, most))


def converted(
    sent: bytes, most_pixels: int, most_side: int, rectangles: Sequence[tuple[int, ...]] = ()
) -> tuple[int, int, bytes]:
    """Return width, height and JPEG of the first picture in a JPEG, PNG or WebP file.

    The picture is turned as its EXIF data says, made smaller if its long side has more than `most_side` pixels, and
    drawn on white. Only its pixels are copied: no EXIF, GPS, colour profile, comment or further picture. Rectangles
    (left, top, width, height) are painted black.

    Raises:
        TooManyPixels: the image has more than `most_pixels`.
        Exception: any other, of Pillow, for a file that it cannot read completely.
    """
    with _opened(sent) as image:
        if image.width * image.height > most_pixels:
            raise TooManyPixels
        image.thumbnail((most_side, most_side))
        _turn(image)
        picture = image.convert("RGBA")
    clean = Image.new("RGB", picture.size, (255, 255, 255))
    clean.paste(picture, mask=picture.getchannel("A"))
    for left, top, width, height in rectangles:
        clean.paste((0, 0, 0), (left, top, left + width, top + height))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY)
    return clean.width, clean.height, out.getvalue()


def _opened(sent: bytes) -> Image.Image:
    """Return the image without its pixels; raise TooManyPixels when Pillow refuses it for its size."""
    try:
        return Image.open(io.BytesIO(sent), formats=KINDS)
    except Image.DecompressionBombError as error:
        raise TooManyPixels from error


def _turn(image: Image.Image) -> None:
    """Turn an image as its EXIF data says; leave it as it is when these data cannot be read."""
    image.load()
    with contextlib.suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)


def main() -> int:
    """Convert one image and return the exit status."""
    limit()
    try:
        most_pixels, most_side, *numbers = map(int, sys.argv[1:])
        rectangles = list(zip(*[iter(numbers)] * 4, strict=True))
        width, height, jpeg = converted(sys.stdin.buffer.read(), most_pixels, most_side, rectangles)
    except TooManyPixels:
        return TOO_MANY_PIXELS
    except Exception:  # noqa: BLE001 - whatever a hostile file makes Pillow raise
        return UNREADABLE
    sys.stdout.buffer.write(struct.pack(">II", width, height) + jpeg)
    return 0


if __name__ == "__main__":
    sys.exit(main())
