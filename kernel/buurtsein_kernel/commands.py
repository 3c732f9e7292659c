"""Defines the base class of all commands (requests to a service), and the person who decides in a command."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    """The base class of commands and their parts: frozen, without unknown fields, and with trimmed texts.

    Validation errors never repeat what was typed, because it may be personal data.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True, allow_inf_nan=False
    )


@dataclass(frozen=True, slots=True)
class By:
    """The person who decides, with their roles, and the version or tag (`If-Match`) of the data that they have read."""

    actor: str
    seen: str
    roles: frozenset[str] = frozenset()
