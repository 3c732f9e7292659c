"""The pixels of an uploaded photo are written to a new file, and a file that is no photo is refused."""

import io

import pytest
from PIL import Image
from unit.reports.photo_files import BLUE, HOSTILE, RED, bomb, exif, file, picture

from buurtsein_reports.adapters.conversion import TooManyPixels, converted


def shown(sent: bytes, most_side: int = 2560) -> Image.Image:
    """Convert a file and return the photo."""
    width, height, jpeg = converted(sent, 1_000_000, most_side)
    image = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
    assert image.size == (width, height)
    return image


def is_like(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_each_kind_becomes_a_jpeg_of_the_same_picture(kind: str) -> None:
    image = shown(file(kind))
    assert image.size == (40, 20)
    assert is_like(image.getpixel((5, 10)), RED)
    assert is_like(image.getpixel((35, 10)), BLUE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_camera_and_comments_are_gone(kind: str) -> None:
    sent = file(kind, exif=exif(), comment="van Jan")
    assert b"CAMERA-VAN-JAN" in sent
    jpeg = converted(sent, 1_000_000, 2560)[2]
    assert b"CAMERA" not in jpeg
    assert b"van Jan" not in jpeg
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(shown(sent).info)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_taken_upright_is_shown_upright(kind: str) -> None:
    image = shown(file(kind, exif=exif(orientation=6)))
    assert image.size == (20, 40)
    assert is_like(image.getpixel((10, 5)), RED)
    assert is_like(image.getpixel((10, 35)), BLUE)


def test_a_photo_with_broken_exif_data_is_still_a_photo() -> None:
    assert shown(file(exif=b"Exif\0\0II*\0\xff\xff\xff\xff")).size == (40, 20)


def test_a_large_photo_is_made_smaller() -> None:
    assert shown(file(image=picture(800, 400)), most_side=200).size == (200, 100)


def test_what_is_transparent_becomes_white() -> None:
    assert is_like(shown(file("PNG", Image.new("RGBA", (20, 20), (0, 0, 0, 0)))).getpixel((9, 9)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_only_the_first_picture_is_kept(kind: str) -> None:
    first, second = Image.new("RGB", (20, 20), RED), Image.new("RGB", (20, 20), BLUE)
    assert is_like(shown(file(kind, first, save_all=True, append_images=[second])).getpixel((9, 9)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("behind", [b"PK\x03\x04archief", b"<script>alert(1)</script>", b"\0\0\0\x18ftypmp42film"])
def test_what_was_put_behind_a_photo_is_gone(kind: str, behind: bytes) -> None:
    assert behind not in converted(file(kind) + behind, 1_000_000, 2560)[2]


def test_an_image_with_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(TooManyPixels):
        converted(bomb(), 25_000_000, 2560)


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_photo_is_refused(sent: bytes) -> None:
    with pytest.raises(Exception, match=r".") as raised:
        converted(sent, 1_000_000, 2560)
    assert not isinstance(raised.value, TooManyPixels | MemoryError)
