"""Reads secrets from files, and finds settings that do not exist because their name is misspelt.

Invariant: a message names a file or a setting, and never shows what it holds.
"""

import os
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SecretsSettingsSource

from buurtsein_chassis.command_errors import CommandError

FOLDER = "BUURTSEIN_SECRETS_DIR"
"""The variable with the folder of the secret files."""
MOST_BYTES = 65_536
_IN_A_CLUSTER = "; in Kubernetes set enableServiceLinks: false"


def secrets_folder() -> Path | None:
    """Return the folder of the secret files, or None when none is set; raise CommandError when it is unusable."""
    named = os.environ.get(FOLDER)
    if not named:
        return None
    folder = Path(named)
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise CommandError("secrets-folder", f"{FOLDER}: {named} cannot be read: {error.strerror}") from error
    return folder


class SecretFiles(SecretsSettingsSource):
    """Reads each secret from its file `<prefix><field>`, except the secrets that `unread` names."""

    _unread: Collection[str] = ()

    @classmethod
    def instead_of(cls, usual: Any, settings: type[BaseSettings], unread: Collection[str]) -> Self:
        """Return the pydantic source that reads the secret file of each settings field that is not in `unread`."""
        made = cls(settings, usual.secrets_dir, env_prefix=usual.env_prefix)
        made._unread = unread
        return made

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the content of the secret's file, without blanks around it, or None when there is no such file."""
        for key, name, is_complex in self._extract_field_info(field, field_name):
            path = next((folder / name for folder in self.secrets_paths if (folder / name).exists()), None)
            if path and field_name not in self._unread:
                return secret_in(path), key, is_complex
        return None, field_name, False


def secret_in(path: Path) -> str:
    """Return the text of a secret file; raise CommandError when it cannot be read, is empty or is no text."""
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES).decode().strip()
    except OSError as error:
        raise CommandError("secret", f"secret file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError("secret", f"secret file {path} is no text in UTF-8") from error
    if not text:
        raise CommandError("secret", f"secret file {path} is empty")
    return text


def unknown_settings(prefix: str, known: Collection[str], own: Collection[str] = ()) -> Iterator[str]:
    """Yield a sentence for each environment variable that begins with the prefix but is no setting.

    Args:
        prefix: such as `REPORTS_`.
        known: the names of the settings, in lower case without prefix.
        own: beginnings of names, in lower case without prefix, that something else checks.
    """
    for variable in sorted(os.environ):
        name = variable.removeprefix(prefix).lower()
        if variable.startswith(prefix) and name not in known and not name.startswith(tuple(own)):
            likely = get_close_matches(name, known, 1)
            hint = f": did you mean {prefix}{likely[0].upper()}?" if likely else _IN_A_CLUSTER
            yield f"setting {variable}: there is no such setting{hint}"
