"""Starts a Kubernetes API server with etcd on this machine, and asks whether the server accepts objects.

There is no controller and no kubelet: the server checks what it is given, with its usual admission, and nothing runs.
"""

import json
import secrets
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.kubernetes.programs import kubectl, program
from harness.kubernetes.rendered import Object
from harness.waiting import wait_for


@dataclass(frozen=True)
class Answer:
    """The API server's answer about objects: whether it accepts all of them, its messages, and the objects' names."""

    accepted: bool
    text: str
    names: list[str]


@dataclass(frozen=True)
class Server:
    """A running Kubernetes API server, and the configuration of kubectl for this server."""

    config: Path

    def would_take(self, objects: Iterable[Object]) -> Answer:
        """Let the API server check objects without changing anything (--dry-run=server), and return its answer."""
        return self._applied(objects, "--dry-run=server")

    def would_apply(self, folder: Path, chosen: str) -> list[str]:
        """Return the names of the objects in a kustomize folder that `kubectl apply` with this selector would apply."""
        options = ("--dry-run=server", "-o", "name", "-k", str(folder), "-l", chosen)
        answer = self._kubectl("apply", "--server-side", *options)
        assert answer.accepted, answer.text
        return answer.names

    def take(self, objects: Iterable[Object]) -> None:
        """Create objects on the API server; raise AssertionError when the server refuses them."""
        answer = self._applied(objects)
        assert answer.accepted, answer.text

    def established(self, kind: str) -> bool:
        """Return whether objects of this custom resource kind can be used yet."""
        return self._kubectl("get", kind, "--all-namespaces").accepted

    def _applied(self, objects: Iterable[Object], *options: str) -> Answer:
        whole = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        return self._kubectl("apply", "--server-side", "--validate=strict", *options, "-f", "-", stdin=whole)

    def _kubectl(self, *arguments: str, stdin: str = "") -> Answer:
        command = [kubectl(), "--kubeconfig", str(self.config), *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        return Answer(done.returncode == 0, done.stderr, done.stdout.split())


@contextmanager
def api_server() -> Iterator[Server]:
    """Run etcd and an API server during the `with` block; raise ToolMissing when they are not built."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="buurtsein-kubernetes-")))
        etcd, peers, port = _free_ports(3)
        stack.enter_context(_running(_etcd(folder, etcd, peers), folder / "etcd.log"))
        token = secrets.token_hex()
        (folder / "tokens.csv").write_text(f'{token},admin,1,"system:masters"\n')
        _write_key(folder / "accounts.key")
        server = stack.enter_context(_running(_server(folder, etcd, port), folder / "server.log"))
        address = f"https://127.0.0.1:{port}"
        wait_for(f"the API server answers ({folder}/server.log)", lambda: _ready(server, address, token), seconds=120)
        (folder / "config").write_text(yaml.safe_dump(_config(address, token)))
        yield Server(folder / "config")


def _etcd(folder: Path, port: int, peers: int) -> list[str]:
    clients, others = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peers}"
    return [
        str(program("etcd")),
        f"--data-dir={folder}/etcd",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={others}",
        f"--initial-advertise-peer-urls={others}",
        f"--initial-cluster=default={others}",
        "--log-level=warn",
    ]


def _server(folder: Path, etcd: int, port: int) -> list[str]:
    return [
        str(program("kube-apiserver")),
        f"--etcd-servers=http://127.0.0.1:{etcd}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder}/certificates",
        f"--token-auth-file={folder}/tokens.csv",
        "--authorization-mode=RBAC",
        f"--service-account-issuer=https://127.0.0.1:{port}",
        f"--service-account-key-file={folder}/accounts.key",
        f"--service-account-signing-key-file={folder}/accounts.key",
        "--service-cluster-ip-range=10.0.0.0/24",
        # The admission plugin ServiceAccount looks for accounts, which only a controller would make; none runs here.
        "--disable-admission-plugins=ServiceAccount",
        "--enable-priority-and-fairness=false",
    ]


def _config(address: str, token: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "it", "cluster": {"server": address, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "admin"}}],
        "current-context": "it",
    }


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            yield process
        finally:
            process.kill()


def _ready(server: subprocess.Popen[bytes], address: str, token: str) -> bool:
    assert server.poll() is None, "the API server ended at its start"
    headers = {"Authorization": f"Bearer {token}"}
    try:
        return httpx.get(f"{address}/readyz", headers=headers, verify=False, trust_env=False).is_success  # noqa: S501
    except httpx.HTTPError:
        return False


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _write_key(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, kind = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    path.write_bytes(key.private_bytes(encoding, kind, serialization.NoEncryption()))
