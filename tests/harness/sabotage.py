"""Makes a copy of the chassis in which one mechanism is switched off, so that a test sees what breaks without it.

If all tests pass while a mechanism is off, no test covers it. Invariant: each replaced text occurs exactly once.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import buurtsein_chassis

CHASSIS = Path(buurtsein_chassis.__file__).parent


@dataclass(frozen=True)
class Change:
    """A text in a file of the chassis, with the text that replaces it to switch a mechanism off."""

    file: str
    old: str
    new: str

    def apply(self, package: Path) -> None:
        """Replace the text in a copy of the package; raise AssertionError unless the text occurs exactly once."""
        text = (package / self.file).read_text()
        assert text.count(self.old) == 1, f"{self.file} has {text.count(self.old)} times: {self.old}"
        (package / self.file).write_text(text.replace(self.old, self.new))


MECHANISMS = {
    "inbox": Change("inbox.py", 'return set(row["seen"])', "return set()"),
    "version check": Change(
        "consumer.py",
        "        waiting = batch.waiting[stream]\n        version = begun",
        """        for number in list(batch.waiting[stream]):
            batch.applied.append(batch.waiting[stream].pop(number))
            await self._applied(batch.applied[-1], inbox, uow, isolated=isolated)
        return
        waiting = batch.waiting[stream]
        version = begun""",
    ),
    "parking": Change("consumer.py", "await inbox.park(new)", "pass"),
    "advisory lock": Change("relay.py", "_LOCK = 0x72656C6179", "_LOCK = time.time_ns() % 2**31"),
    "delete after acknowledgement": Change(
        "relay.py",
        "        following, results = await asyncio.gather(",
        """        early = [row["id"] for row in load.rows]
        await connection.execute("delete from outbox_pending where id = any($1)", early)
        crashpoint("relay.deleted")
        following, results = await asyncio.gather(""",
    ),
    "uncancelled commit": Change(
        "database.py",
        "            await commit(connection, transaction, self._commit_timeout)",
        "            await transaction.commit()",
    ),
    "latest primary": Change("primary.py", "max(opened, key=lambda one: one[0])", "opened[0]"),
    "negative acknowledgement": Change("kafka.py", "AckPolicy.NACK_ON_ERROR", "AckPolicy.ACK"),
    "header parser": Change("kafka.py", "parser=_without_headers,", "parser=None,"),
}


def chassis_without(names: Iterable[str], folder: Path) -> dict[str, str]:
    """Copy the chassis with these mechanisms switched off; return environment variables that select the copy."""
    package = folder / CHASSIS.name
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(CHASSIS, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in names:
        MECHANISMS[name].apply(package)
    return {"PYTHONPATH": str(folder)}
