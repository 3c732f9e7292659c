"""While initdb needs the file with the superuser's password, no other user can replace it."""

import os
import stat
from pathlib import Path

import pytest

from buurtsein_stack.home import Home
from buurtsein_stack.postgres import Postgres, server_user


@pytest.fixture
def postgres(tmp_path: Path) -> Postgres:
    home = Home(tmp_path)
    home.make()
    return Postgres(home)


def test_the_password_file_is_in_a_folder_that_only_we_can_write(postgres: Postgres, tmp_path: Path) -> None:
    user = server_user()
    with postgres._password_file(tmp_path, user) as path:
        folder, file = path.parent.stat(), path.stat()
        assert folder.st_uid == os.geteuid()
        assert not folder.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        assert stat.S_IMODE(file.st_mode) == 0o600
        assert file.st_uid == (os.geteuid() if user is None else user)
    assert not path.exists()
    assert not path.parent.exists()
