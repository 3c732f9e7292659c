"""Makes the settings of an adapter, so that it sends to the peer of the kit and to nobody else.

Each `OutwardUrl` is the address of the kit's peer, and each `SecretStr` is the planted secret; a peer may give others.
Settings of this adapter in the environment or the secrets folder are hidden, because they may name the real peer.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr

from buurtsein_adapter_kit.messages import SECRET
from buurtsein_chassis.addresses import OutwardUrl
from buurtsein_notifier.adapters.found import AdapterSettings, settings_of


def variables_to_hide(chosen: Any) -> list[str]:
    """Return the names of the variables in the environment that have settings of this adapter class."""
    prefix = _prefix(chosen)
    return [name for name in os.environ if name.upper().startswith(prefix) or name.upper() == "BUURTSEIN_SECRETS_DIR"]


def planted(
    chosen: Any, peer: Any, others: Mapping[str, str], set_variable: Callable[[str, str], None]
) -> AdapterSettings:
    """Return the settings of an adapter class for a peer of the kit, and set them as variables too.

    Raises:
        ValueError: a setting is missing or wrong, or an address in it comes neither from the kit nor from the peer.
    """
    given = {**others, **_known(chosen, peer), **getattr(peer, "settings", dict)()}
    for name, value in given.items():
        set_variable(_prefix(chosen) + name.upper(), str(value))
    made = settings_of(chosen)
    assert made is not None
    for name, value in made:
        expected = given.get(name, "")
        foreign = value != expected if isinstance(value, OutwardUrl) else not expected and "://" in str(value)
        if foreign:
            raise ValueError(f"`{name}` is an address that is not of the kit: make it an OutwardUrl without an alias")
    return made


def _prefix(chosen: Any) -> str:
    return f"NOTIFIER_{chosen.name.upper().replace('-', '_')}_"


def _known(chosen: Any, peer: Any) -> dict[str, str]:
    """Return the settings whose type says what they are: an address or a secret."""
    found = {}
    for name, field in chosen.settings.model_fields.items():
        kinds = str(field.annotation)
        if OutwardUrl.__name__ in kinds:
            found[name] = getattr(peer, "url", "")
        elif SecretStr.__name__ in kinds:
            found[name] = SECRET
    return found
