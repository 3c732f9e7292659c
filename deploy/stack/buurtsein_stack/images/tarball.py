"""Writes a folder as a tar archive; equal folders always give equal bytes.

Invariant: order, owner (root), modes and times of the entries follow from the names and contents alone.
"""

import os
import tarfile
from pathlib import Path

EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "1790000000"))
"""The time of every file in an image, in seconds since 1970."""


def pack(archive: Path, folder: Path) -> None:
    """Write the contents of a folder to an uncompressed tar archive."""
    with tarfile.open(archive, "w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(folder.rglob("*")):
            _add(tar, path, str(path.relative_to(folder)))


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """Add one file, folder or link to the archive; leave out device files, which a container engine makes itself."""
    entry = tar.gettarinfo(path, name)
    if entry is None or not (entry.isreg() or entry.isdir() or entry.issym() or entry.islnk()):
        return
    if entry.islnk():  # a second name of a file is written as a file of its own
        entry.type, entry.size, entry.linkname = tarfile.REGTYPE, path.stat().st_size, ""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime, entry.mode = EPOCH, _mode(entry)
    if entry.isreg():
        with path.open("rb") as content:
            tar.addfile(entry, content)
    else:
        tar.addfile(entry)


def _mode(entry: tarfile.TarInfo) -> int:
    """Return a file mode without the bits that depend on the umask, and without set-user-id bits."""
    if entry.issym():
        return 0o777
    if entry.isdir():
        return 0o1777 if entry.mode & 0o1000 else 0o755
    return 0o755 if entry.mode & 0o100 else 0o644
