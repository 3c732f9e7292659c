"""Addresses of other parties in the settings: http addresses and database addresses.

Invariant: an address is kept exactly as it was set, because an issuer is known by it; it is never shown with what is
secret in it.
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
    """The http or https address of another party; in profile `production` only https is accepted."""

    __slots__ = ()

    @property
    def encrypted(self) -> bool:
        """Whether it begins with https."""
        return urlsplit(self).scheme == "https"

    @classmethod
    def of(cls, text: str) -> Self:
        """The same text; ValueError when it is no http address."""
        if not _HTTP.fullmatch(text):
            raise ValueError("must be an address that begins with https:// or http://")
        _HTTP_URL.validate_python(text)
        return cls(text)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic how to make one from a setting."""
        return core_schema.no_info_after_validator_function(cls.of, core_schema.str_schema())


def database_guarded(dsn: str) -> bool:
    """Return whether the connection is encrypted with a checked certificate, or is a socket of this machine."""
    parts = urlsplit(dsn)
    options = dict(parse_qsl(parts.query))
    named = parts.netloc.partition("@")[2] if "@" in parts.netloc else parts.netloc
    hosts = (unquote(named) or options.get("host", "")).split(",")
    return options.get("sslmode") == "verify-full" or all(host.startswith("/") for host in hosts)


def without_secrets(text: str) -> str:
    """The text, with user, password and the values of parameters in addresses replaced by `***`."""
    shown = _CREDENTIALS.sub("***@", text)
    return _PARAMETER.sub(r"\1=***", shown) if "://" in shown else shown
