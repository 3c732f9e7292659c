"""What somebody asks of a service: the configuration that all commands share, and who decides about what they read."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    """A command, or a part of one: frozen, unknown fields refused, blanks around texts cut off.

    An error about it never repeats what was typed; it may be personal.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True, allow_inf_nan=False
    )


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, in which roles, and which version or tag of the thing that person read (`If-Match`)."""

    actor: str
    seen: str
    roles: frozenset[str] = frozenset()
