"""Searches logs, topics and answers for canaries (made-up personal data) and real secrets, which must not be there."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import httpx
import psutil

from buurtsein_stack.home import Home

SHORTEST = 8
"""The shortest length of a canary; a shorter text would occur somewhere by chance."""


@dataclass
class Canaries:
    """The made-up values to search for, by name; each value occurs only where a test wrote it."""

    mark: str = field(default_factory=lambda: secrets.token_hex(6))
    digits: str = field(default_factory=lambda: f"{secrets.randbelow(10**6):06}")

    def __post_init__(self) -> None:
        self.person = {
            "name": f"Kanarie Vogel{self.mark}",
            "email": f"vogel.{self.mark}@voorbeeld.be",
            "phone": f"+32478{self.digits}",
            "street": f"Kooistraat {self.mark}",
            "box": f"1{self.mark[:9]}".upper(),
            "reporter": f"Melder Pluim{self.mark}",
            "reporter's email": f"pluim.{self.mark}@voorbeeld.be",
            "reporter's phone": f"+32479{self.digits}",
            "report": f"Hij droeg een gele jas, {self.mark}.",
        }
        self.reporter = {name: self.person[f"reporter's {name}"] for name in ("email", "phone")}
        self.texts = {
            "plan": f"Wij bellen elkaar, plan {self.mark}.",
            "reason": f"Daarom niet, reden {self.mark}.",
            "cost": f"Berichten van {self.mark}",
            "message": f"Beste melder, {self.mark}.",
            "note": f"Voor de collega's, {self.mark}.",
            "switch": f"Storing bij {self.mark}",
        }
        self.shown = {
            "false token": f"false.token.{self.mark}",
            "token in an address": f"adres{self.mark}",
            "name as correlation id": f"jan.janssens-{self.mark}",
        }


def installation_secrets(home: Home, tokens: Mapping[str, str]) -> dict[str, str]:
    """Return every secret of a stack: passwords, keys, and the signatures of its access tokens."""
    found = {f"token of {name}": token.rpartition(".")[2] for name, token in tokens.items()}
    for path in home.secrets.rglob("*"):
        if path.is_file():
            found |= {f"{path.parent.name}/{path.name}{part}": value for part, value in _values(path.read_text())}
    return {name: value for name, value in found.items() if len(value) >= SHORTEST}


def _values(content: str) -> Iterable[tuple[str, str]]:
    content = content.strip()
    if content.startswith("{"):
        return [(f".{name}", str(json.loads(content)[name])) for name in ("d", "p", "q")]
    return [("", urlsplit(content).password or content)]


def leaks(places: Mapping[str, str], canaries: Mapping[str, str]) -> list[str]:
    """Return a line for each canary found in one of the texts, in any letter case and also percent-encoded."""
    folded = {place: text.casefold() for place, text in places.items()}
    found = []
    for name, value in canaries.items():
        forms = {value.casefold(), quote(value).casefold(), quote(value, safe="").casefold(), value.lstrip("+")}
        found += [f"{name} in {place}" for place, text in folded.items() if any(form in text for form in forms)]
    return found


def logs(home: Home) -> dict[str, str]:
    """Return the log files of all processes of the stack, as text by name."""
    return {f"log {path.name}": path.read_text(errors="replace") for path in home.logs.iterdir() if path.is_file()}


def commands() -> dict[str, str]:
    """Return the command line arguments of all processes on this machine."""
    found = {}
    for process in psutil.process_iter():
        try:
            found[f"arguments of {process.pid}"] = " ".join(process.cmdline())
        except psutil.Error:
            continue
    return found


def environments(processes: Mapping[str, psutil.Process]) -> dict[str, str]:
    """Return the environment variables of the given processes."""
    return {f"environment of {name}": json.dumps(process.environ()) for name, process in processes.items()}


def record_text(record: Any) -> str:
    """Return every part of a Kafka record as text."""
    parts = [record.key, record.value, *(part for name, value in record.headers for part in (name, value))]
    return "\n".join(part.decode(errors="replace") if isinstance(part, bytes) else str(part) for part in parts)


def answer_text(answer: httpx.Response) -> str:
    """Return every part of an HTTP response as text."""
    return f"{answer.headers}\n{answer.text}"


async def tables(dsn: str) -> dict[str, str]:
    """Return every row of every table of a database, by table."""
    connection = await asyncpg.connect(dsn)
    try:
        names = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        found = {}
        for (name,) in names:
            rows = await connection.fetch(f'select t::text from "{name}" t')
            found[str(name)] = "\n".join(row[0] for row in rows)
        return found
    finally:
        await connection.close()
