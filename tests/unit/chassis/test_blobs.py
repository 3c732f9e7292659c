"""The store of blobs writes complete files, named by their SHA-256, which only the process's user can read."""

import hashlib
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from buurtsein_chassis.blobs import BlobFolder, BlobUnreadable

FOTO = b"foto"
SHA256 = hashlib.sha256(FOTO).hexdigest()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_was_stored_is_returned_under_its_sha256(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path / "b")
    assert [await blobs.put(FOTO), await blobs.put(FOTO)] == [SHA256, SHA256]
    assert await blobs.get(SHA256) == FOTO
    assert [path.name for path in files(tmp_path)] == [SHA256]


async def test_only_the_user_of_the_process_can_read_it(tmp_path: Path) -> None:
    await BlobFolder(tmp_path / "b").put(FOTO)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "b").rglob("*")}
    assert modes | {stat.S_IMODE((tmp_path / "b").stat().st_mode)} == {0o700, 0o600}


async def test_a_blob_that_is_missing_or_damaged_is_not_returned(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path)
    with pytest.raises(BlobUnreadable):
        await blobs.get(SHA256)
    await blobs.put(FOTO)
    files(tmp_path)[0].write_bytes(b"iets anders")
    with pytest.raises(BlobUnreadable):
        await blobs.get(SHA256)


async def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):  # noqa: PT011 - the one above
        await BlobFolder(tmp_path).put(FOTO)
    assert files(tmp_path) == []


async def test_old_blobs_are_found_and_removed_also_one_that_was_never_completed(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path)
    await blobs.put(FOTO)
    begun = files(tmp_path)[0].with_name(f"{SHA256[:2]}-begun-x")
    begun.touch()
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await blobs.older_than(later - timedelta(hours=2)) == []
    found = await blobs.older_than(later)
    assert sorted(found) == sorted([SHA256, begun.name])
    for name in [*found, *found]:
        await blobs.remove(name)
    assert files(tmp_path) == []
