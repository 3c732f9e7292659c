"""An interrupted start of the one-machine stack leaves no process and no file behind."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from buurtsein_stack.home import Home
from buurtsein_stack.processes import find
from buurtsein_stack.stack import Stack
from harness.waiting import wait_for


@pytest.mark.thorough
@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["initdb.log", "kafka.log", "bealert.log"])
def test_an_interrupted_start_leaves_nothing(moment: str) -> None:
    home = Path(tempfile.mkdtemp(prefix="buurtsein-interrupted-"))
    home.chmod(0o755)
    command = subprocess.Popen(
        [sys.executable, "-m", "buurtsein_operate.cli", "up"],
        env=os.environ | {"BUURTSEIN_HOME": str(home)},
        stderr=subprocess.PIPE,
        # a background job of a shell ignores SIGINT, and its children would too
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 # no thread is running here
    )
    try:
        wait_for(f"{moment} begins", (home / "logs" / moment).exists, 100)
        command.send_signal(signal.SIGINT)
        assert command.wait(100) == 130
        assert not find(Home(home.resolve()))
        assert not [one for one in psutil.process_iter(["cmdline"]) if str(home) in (one.info["cmdline"] or ())]
    finally:
        command.kill()
        Stack(home).reset()
