"""Checks the addresses of other systems in the settings: http addresses and database addresses.

Invariant: an address is kept exactly as it was set, because tokens are compared with the issuer's address character by
character. Logs and messages never show the secrets in an address.
"""

import re
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import GetCoreSchemaHandler, HttpUrl, TypeAdapter
from pydantic_core import CoreSchema, core_schema

_HTTP = re.compile(r"https?://[^\s\\]+", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*@")
_PARAMETER = re.compile(r"(?<=[?&])([^=&#\s]+)=[^&#\s]*")
_HTTP_URL = TypeAdapter(HttpUrl)


class OutwardUrl(str):
    """An http or https address of another system; in profile `production` only https is accepted."""

    __slots__ = ()

    @property
    def encrypted(self) -> bool:
        """Return whether the address begins with https."""
        return urlsplit(self).scheme == "https"

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the text as an address; raise ValueError when it is not an http or https address."""
        if not _HTTP.fullmatch(text):
            raise ValueError("must be an address that begins with https:// or http://")
        _HTTP_URL.validate_python(text)
        return cls(text)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to make an address from the text of a setting."""
        return core_schema.no_info_after_validator_function(cls.of, core_schema.str_schema())


def database_guarded(dsn: str) -> bool:
    """Return whether the connection is encrypted with a checked certificate, or uses a Unix socket."""
    hosts, options = _hosts_and_options(dsn)
    return options.get("sslmode") == "verify-full" or all(host.startswith("/") for host in hosts)


def primary_chosen(dsn: str) -> bool:
    """Return whether a database address has one host, or asks for the host that accepts writes."""
    hosts, options = _hosts_and_options(dsn)
    return len(hosts) == 1 or ("host" not in options and options.get("target_session_attrs") == "read-write")


def _hosts_and_options(dsn: str) -> tuple[list[str], dict[str, str]]:
    """Return the hosts that a database address names, before the database or in the option `host`, and the options."""
    parts = urlsplit(dsn)
    options = dict(parse_qsl(parts.query))
    named = parts.netloc.partition("@")[2] if "@" in parts.netloc else parts.netloc
    return (unquote(named) or options.get("host", "")).split(","), options


def without_secrets(text: str) -> str:
    """Return the text with `***` in place of users, passwords and parameter values of the addresses in it."""
    shown = _CREDENTIALS.sub("***@", text)
    return _PARAMETER.sub(r"\1=***", shown) if "://" in shown else shown
