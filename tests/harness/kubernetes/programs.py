"""Builds etcd, kube-apiserver and (if missing) kubectl once, for all checkouts of this user.

The Go module in `module/` requires Kubernetes at one version; its go.sum has the hash of every source. The programs are
kept in the user's cache, in a folder named by these two files.
"""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from rich.console import Console

from harness.tools import ToolMissing

MODULE = Path(__file__).parent / "module"
PACKAGES = {
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
}
LEAST_GO = (1, 26)
KUBERNETES = re.search(r"k8s.io/kubernetes (v\S+)", (MODULE / "go.mod").read_text())[1]  # type: ignore[index]
"""The version of Kubernetes that is built, such as `v1.36.3`."""
_SAYING = Console(stderr=True, highlight=False)


def cached(name: str) -> Path:
    """Return the path of a program in the cache, whether or not the program is built."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    text = b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))
    return cache / "buurtsein" / f"kubernetes-{hashlib.sha256(text).hexdigest()[:12]}" / name


def program(name: str) -> Path:
    """Return the path of a built program; raise ToolMissing when the program is not built."""
    if not cached(name).exists():
        raise ToolMissing(f"no {name} here: run `make kubernetes-test`, which builds it")
    return cached(name)


def kubectl() -> str:
    """Return the path of kubectl, installed or built before; raise ToolMissing when there is none."""
    return shutil.which("kubectl") or str(program("kubectl"))


def get_kubectl() -> None:
    """Build kubectl when this machine has none; raise ToolMissing when the build fails."""
    if not shutil.which("kubectl"):
        build("kubectl")


def get_server() -> None:
    """Build a Kubernetes API server and etcd, which takes ten minutes at first; raise ToolMissing when it fails."""
    get_kubectl()
    build("etcd")
    build("kube-apiserver")


def build(name: str) -> None:
    """Build one program in the cache unless it is there; raise ToolMissing when the build fails."""
    target = cached(name)
    if target.exists():
        return
    _needs_go()
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f"{name}.{os.getpid()}")
    _SAYING.print(f"building {name} of Kubernetes {KUBERNETES}, once for this user: some minutes")
    command = ["go", "build", "-v", "-mod=readonly", "-trimpath", "-ldflags", _linked(), "-o", str(new), PACKAGES[name]]
    last = _followed(["nice", *command])
    if not new.exists():
        raise ToolMissing(f"{name} cannot be built: {last}")
    new.rename(target)


def _followed(command: list[str]) -> str:
    """Run a build, show the number of finished packages, and return the output's last line."""
    last, done = "it said nothing", 0
    with (
        _SAYING.status("fetching the sources") as status,
        subprocess.Popen(command, cwd=MODULE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process,
    ):
        assert process.stderr
        for line in process.stderr:
            last, done = line.strip(), done + 1
            status.update(f"{done} packages: {last}")
            if done % 200 == 0 and not _SAYING.is_terminal:
                _SAYING.print(f"{done} packages")
    return last


def _needs_go() -> None:
    go = shutil.which("go")
    found = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False) if go else None
    version = re.match(r"go(\d+)\.(\d+)", found.stdout) if found else None
    if version is None or (int(version[1]), int(version[2])) < LEAST_GO:
        least = ".".join(map(str, LEAST_GO))
        raise ToolMissing(f"Go {least} or newer is needed here to build Kubernetes {KUBERNETES}: install it")


def _linked() -> str:
    """Return the linker flags that set the version of the programs, as Kubernetes' own build does."""
    major, minor, _ = KUBERNETES.removeprefix("v").split(".")
    version = {"gitVersion": KUBERNETES, "gitMajor": major, "gitMinor": minor}
    return " ".join(["-s -w", *(f"-X k8s.io/component-base/version.{name}={text}" for name, text in version.items())])
