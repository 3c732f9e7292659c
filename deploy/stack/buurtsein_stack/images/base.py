"""Makes the lowest layer of the images: Python 3.13 and its dependencies from Debian, without a shell or apt.

Invariant: the layer has the same bytes each time as long as Debian's archive has the same versions; the packages are
listed in `/var/lib/dpkg/status.d`, where scanners look for them, and no address of a mirror is in it.
"""

import hashlib
import os
import platform
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.images.machine import WORK, need, run
from buurtsein_stack.images.tarball import EPOCH, pack

SUITE = "trixie"
PYTHON = (
    *("python3.13-minimal", "libpython3.13-stdlib", "ca-certificates", "tzdata", "netbase", "media-types"),
    "libstdc++6",  # for shapely
)
LINKS = ("bin", "lib", "lib64", "sbin")
USERS = {"root": 0, "nobody": 65534, "buurtsein": 10001}
GROUPS = {"root": 0, "nogroup": 65534, "buurtsein": 10001}
SURPLUS = (
    *("boot", "home", "media", "mnt", "root", "srv", "etc/apt", "etc/hostname"),
    *("etc/resolv.conf", "etc/debconf.conf", "var/cache", "var/lib/apt", "usr/share/ca-certificates"),
    *("usr/share/debconf", "usr/share/perl5", "usr/share/man", "usr/share/locale", "usr/share/lintian"),
    *("usr/share/info", "usr/share/bug", "usr/share/pixmaps", "usr/share/binfmts", "usr/share/bash-completion"),
    *("usr/bin/openssl", "usr/bin/c_rehash", "usr/bin/debconf*", "usr/sbin/*"),
    *("usr/lib/*-linux-gnu/gconv", "usr/lib/*-linux-gnu/libdb-5.3.so", "usr/lib/*-linux-gnu/libmvec.so.1"),
    *("usr/lib/python3.13/pydoc_data", "usr/lib/python3.13/ensurepip", "usr/lib/python3.13/idlelib"),
    *("usr/lib/python3.13/turtle*", "usr/lib/python3.13/test", "usr/lib/python3.13/lib-dynload/_test*"),
    *("usr/lib/python3.13/lib-dynload/_codecs_jp*", "usr/lib/python3.13/venv"),
)
"""What no service needs, as patterns; the texts of licences in usr/share/doc stay, all else of that folder goes."""
LIST_PACKAGES = """\
mkdir -p "$1/var/lib/dpkg/status.d"
for package in "$1"/var/cache/apt/archives/*.deb; do
  dpkg-deb --field "$package" > "$1/var/lib/dpkg/status.d/$(dpkg-deb --field "$package" Package)"
done"""


def base(packages: Sequence[str] = PYTHON) -> Path:
    """Return the folder with the files of these Debian packages and their dependencies; make the folder when missing.

    Raises:
        CommandError: mmdebstrap is not there or fails.
    """
    recipe = Path(__file__).read_bytes() + repr(packages).encode()
    folder = WORK / f"base-{hashlib.sha256(recipe).hexdigest()[:12]}"
    if not folder.exists():
        new = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        _extract(packages, new)
        _furnish(new)
        for pattern in SURPLUS:
            _remove(new, pattern)
        compile_bytecode(new, new / "usr" / "lib" / "python3.13")
        new.rename(folder)
    return folder


def archive(folder: Path) -> Path:
    """Return the path of the tar archive of a base folder; write the archive when it is missing."""
    path = folder.with_suffix(".tar")
    if not path.exists():
        pack(path.with_suffix(".new"), folder)
        path.with_suffix(".new").rename(path)
    return path


def python_of(folder: Path) -> list[str]:
    """Return the command line that runs the Python of a base folder on this machine, without root rights.

    The Python in the image can read the bytecode that this Python writes, even if this machine has another version.
    """
    libraries = folder / "usr" / "lib" / f"{platform.machine()}-linux-gnu"
    loader = next((folder / "usr").glob("lib*/ld-linux-*"), None)
    if loader is None:
        raise CommandError("image", f"{folder} has no dynamic loader")
    return [str(loader), "--library-path", str(libraries), str(folder / "usr" / "bin" / "python3.13")]


def compile_bytecode(folder: Path, tree: Path) -> None:
    """Compile the modules of a tree to bytecode, with the Python of a base folder.

    Python does not compare a compiled file with its source at start (`unchecked-hash`), so file times do not matter.
    """
    environment = {"PYTHONHOME": str(folder / "usr"), "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(EPOCH)}
    options = ["-q", "-j", "1", "--invalidation-mode", "unchecked-hash", "-s", str(tree), "-p", "/"]
    run(*python_of(folder), "-m", "compileall", *options, tree, env=environment)


def _extract(packages: Sequence[str], folder: Path) -> None:
    need("mmdebstrap")
    mode = "root" if os.geteuid() == 0 else "unshare"
    options = [f"--mode={mode}", "--variant=extract", "--format=tar", f"--include={','.join(packages)}"]
    WORK.mkdir(parents=True, exist_ok=True)
    whole = folder.with_suffix(".debian.tar")
    mirror = filter(None, [os.environ.get("BUURTSEIN_DEBIAN_MIRROR")])
    options += [f"--extract-hook={LIST_PACKAGES}", SUITE, str(whole), *mirror]
    run("mmdebstrap", "--quiet", *options, env={"SOURCE_DATE_EPOCH": str(EPOCH)})
    with tarfile.open(whole) as tar:
        tar.extractall(folder, [member for member in tar if not member.isdev()], filter="tar")
    whole.unlink()


def _furnish(folder: Path) -> None:
    """Write the files that the install scripts of Debian packages would create, because these scripts are never run."""
    for name in LINKS:
        if not (folder / name).exists() and (folder / "usr" / name).is_dir():
            (folder / name).symlink_to(f"usr/{name}")
    for name in ("etc/ssl/certs", "tmp", "run/secrets/buurtsein", "var/tmp", "proc", "sys", "dev", "etc/buurtsein"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("tmp", "var/tmp"):
        (folder / name).chmod(0o1777)
    certificates = sorted((folder / "usr/share/ca-certificates/mozilla").glob("*.crt"))
    bundle = "".join(certificate.read_text() for certificate in certificates)
    (folder / "etc/ssl/certs/ca-certificates.crt").write_text(bundle)
    users = (f"{name}:x:{uid}:{uid}:{name}:/nonexistent:/usr/sbin/nologin\n" for name, uid in USERS.items())
    (folder / "etc/passwd").write_text("".join(users))
    (folder / "etc/group").write_text("".join(f"{name}:x:{gid}:\n" for name, gid in GROUPS.items()))
    for path in (folder / "usr/share/doc").rglob("*"):
        if path.is_file() and path.name != "copyright":
            path.unlink()


def _remove(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
