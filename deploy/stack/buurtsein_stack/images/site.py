"""Makes the folder with the libraries and our own packages that one image adds to its base image.

Invariant: libraries come from the lock of the image, each with its hash checked; ours come from wheels. Nothing is
built from source, and what a running service never reads is left out.
"""

import platform
import shutil
from functools import cache
from pathlib import Path

from buurtsein_stack.images.base import compile_bytecode
from buurtsein_stack.images.machine import ROOT, WORK, need, run
from buurtsein_stack.images.pieces import Piece
from buurtsein_stack.images.tarball import EPOCH
from buurtsein_stack.release import wheels
from buurtsein_stack.release.programs import uv

PLATFORM = f"{platform.machine()}-manylinux_2_40"
"""The newest platform tag of PyPI whose wheels run on Debian trixie (glibc 2.41)."""
SURPLUS = (
    *("bin", "**/__pycache__", "**/*.pyi", "**/*.pxd", "**/*.pyx", "**/*.c", "**/*.h", "**/*.hpp"),
    *("*.dist-info/RECORD", "*.dist-info/uv_cache.json"),  # differ from one installation to the next
    *("*/tests", "*/*/tests", "*/*/*/tests", "numpy/f2py", "numpy/_core/include", "numpy/_core/lib"),
    *("numpy/distutils", "numpy/random/lib", "numpy/doc", "pygments/lexers/_*_builtins.py"),
    *("PIL/_avif.*", "PIL/_imagingcms.*", "PIL/_imagingft.*", "PIL/_imagingtk.*"),  # other formats, fonts, windows
    *(f"pillow.libs/lib{name}-*" for name in ("avif", "freetype", "harfbuzz", "lcms2")),  # of those modules only
    *("pygments/lexers/[a-oq-z]*.py", "pygments/lexers/p[!y]*.py"),  # other languages than Python
    *("apprise/assets", "apprise/i18n", "numpy/_core/_simd.*", "lxml/objectify.*"),  # pictures, tests, another reader
    *("lxml/html", "lxml/isoschematron"),  # other kinds of documents
    *(f"faststream/{broker}" for broker in ("confluent", "mqtt", "nats", "rabbit", "redis")),
    *("phonenumbers/geodata", "phonenumbers/carrierdata", "phonenumbers/tzdata"),  # where a number is from
)
PLACE = "opt/buurtsein"
ENTRY = """\
# Runs the program of this image, as `python3.13 -m {module}` would.
import runpy
import sys

sys.argv[1:] = sys.argv[1:] or ["{command}"]
runpy.run_module("{module}", run_name="__main__", alter_sys=True)
"""
HEALTH = Path(__file__).with_name("alive.py")


def site(piece: Piece, base: Path) -> Path:
    """Return a new folder with the files that an image adds to its base image, all below `opt/buurtsein`.

    Args:
        piece: the image.
        base: the folder of the base, whose Python compiles the bytecode.

    Raises:
        CommandError: a library cannot be installed, or a program is missing.
    """
    tree = WORK / f"site-{piece.name}"
    shutil.rmtree(tree, ignore_errors=True)
    folder = tree / PLACE
    fresh: list[str | Path] = ["--target", folder, "--link-mode", "copy", "--no-compile-bytecode", "--no-deps"]
    target = ["--python-version", "3.13", "--python-platform", PLATFORM, "--only-binary", ":all:"]
    install = [uv(ROOT), "pip", "install", "--quiet", *fresh, *target]
    run(*install, "--require-hashes", *(word for lock in piece.locks for word in ("--requirement", lock)))
    run(*install, "--offline", *(_wheels()[name] for name in piece.packages))
    _slim(folder)
    (folder / "__main__.py").write_text(ENTRY.format(module=piece.module, command=piece.command))
    shutil.copy(HEALTH, folder / HEALTH.name)
    compile_bytecode(base, folder)
    return tree


@cache
def _wheels() -> dict[str, Path]:
    """Return the wheels of all our distributions by name; build them from the working tree at the first call."""
    shutil.rmtree(WORK / "wheels", ignore_errors=True)
    built = wheels.build(ROOT, ROOT, WORK / "wheels", str(EPOCH))
    return {path.name.partition("-")[0].replace("_", "-"): path for path in built}


def _slim(folder: Path) -> None:
    """Delete the files of libraries that are needed only for development, and debug information in compiled modules."""
    for pattern in SURPLUS:
        for path in list(folder.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()
    need("strip")
    modules = [path for path in sorted(folder.rglob("*.so*")) if not path.parent.name.endswith(".libs")]
    run("strip", "--strip-unneeded", *modules)
