"""Runs proxies in front of every listener of a Kafka cluster, so that a test can cut off one broker.

The proxies recognise the broker that opened a connection by the port at the other end. A cut connection goes silent, as
when a cable is pulled: no data are passed on, and neither side gets an error.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from buurtsein_stack.home import Home
from buurtsein_stack.kafka import Kafka
from buurtsein_stack.servers import Servers
from buurtsein_stack.shape import Shape
from harness.waiting import wait_for


@dataclass(frozen=True, slots=True)
class Reached(Kafka):
    """A Kafka broker that clients and other brokers reach only through proxies."""

    def client_address(self, number: int) -> str:
        return f"127.0.0.1:{self.home.port(_proxy(number, 'client'))}"

    def controller_address(self, number: int) -> str:
        return f"127.0.0.1:{self.home.port(_proxy(number, 'controller'))}"


def _proxy(number: int, door: str) -> str:
    return f"proxy-{number}-{door}"


class Wired(Servers):
    """Servers with three Kafka brokers that clients and other brokers reach only through proxies."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, Shape(brokers=3))
        self._kafka = Reached(self.home)


@dataclass(frozen=True)
class Line:
    """A connection through a proxy: the broker's number, the client's port, and whether data are passed on."""

    to: int
    port: int
    passes: asyncio.Event


@dataclass
class Switchboard:
    """All proxies in front of a Kafka cluster."""

    servers: Wired
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    lines: set[Line] = field(default_factory=set)
    off: int | None = None
    """The number of the broker that is cut off now."""
    reached: bool = False
    """Whether clients still reach the broker that is cut off from the others."""
    processes: dict[int, psutil.Process] = field(default_factory=dict)
    """The brokers' processes when one was cut off, by number."""

    def cut_off(self, broker: Kafka, *, reached_by_clients: bool = False) -> None:
        """Cut a broker off from other brokers, and from clients too unless `reached_by_clients` is set."""
        running = {one.number: one.process() for one in self.servers.brokers}
        self.processes = {number: process for number, process in running.items() if process}
        self.off, self.reached = broker.number, reached_by_clients
        self.loop.call_soon_threadsafe(self._apply)

    def join(self) -> None:
        """Let data pass through all connections again."""
        self.off = None
        self.loop.call_soon_threadsafe(self._apply)

    def _apply(self) -> None:
        callers = self._callers()
        for line in self.lines:
            self._switch(line, callers)

    def _switch(self, line: Line, callers: dict[int, int]) -> None:
        """Pass or block the data of connections according to the cut-off broker; `callers` gives each port's broker."""
        caller = callers.get(line.port)
        cut = self.off is not None and (
            caller == self.off or (line.to == self.off and (caller is not None or not self.reached))
        )
        (line.passes.clear if cut else line.passes.set)()

    def _callers(self) -> dict[int, int]:
        if self.off is None:
            return {}
        return {port: number for number, process in self.processes.items() for port in _ports_of(process)}

    async def serve(self) -> None:
        """Open the proxies in front of all brokers."""
        home: Home = self.servers.home
        for broker in self.servers.brokers:
            for door, name in (("client", broker.name), ("controller", f"{broker.name}-controller")):
                await self._open(broker.number, home.usable_port(_proxy(broker.number, door)), name)

    async def _open(self, number: int, port: int, name: str) -> None:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = Line(number, writer.get_extra_info("peername")[1], asyncio.Event())
            self.lines.add(line)
            self._switch(line, self._callers())
            try:
                await self._carry(line, reader, writer, self.servers.home.port(name))
            finally:
                self.lines.discard(line)
                writer.close()

        await asyncio.start_server(connected, "127.0.0.1", port)

    async def _carry(self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return
        try:
            await asyncio.gather(_pass(line, reader, far), _pass(line, far_reader, writer))
        finally:
            far.close()


async def _pass(line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            await line.passes.wait()
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


def _ports_of(process: psutil.Process) -> set[int]:
    try:
        return {one.laddr.port for one in process.net_connections("tcp")}
    except psutil.NoSuchProcess:
        return set()


@contextmanager
def switchboard(home: Path) -> Iterator[Switchboard]:
    """Run three brokers with proxies in front of them; yield the proxies, and delete the brokers' data afterwards."""
    servers = Wired(home)
    servers.make_home()
    board = Switchboard(servers)
    thread = threading.Thread(target=board.loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(board.serve(), board.loop).result(10)
        servers.start()
        yield board
    finally:
        board.join()
        servers.destroy()
        board.loop.call_soon_threadsafe(board.loop.stop)
        thread.join(10)


@asynccontextmanager
async def cut(board: Switchboard, broker: Kafka, *, reached_by_clients: bool = False) -> AsyncIterator[None]:
    """Cut a broker off from the other brokers during the `with` block."""
    board.cut_off(broker, reached_by_clients=reached_by_clients)
    try:
        yield
    finally:
        board.join()


def wait_for_copies(servers: Servers) -> None:
    """Wait until every broker is an in-sync replica of every partition."""

    def complete() -> bool:
        topics = servers.kafka.cluster().admin.list_topics(timeout=10).topics
        return all(len(one.isrs) == 3 for topic in topics.values() for one in topic.partitions.values())

    wait_for("every partition has three copies", complete, 60)
