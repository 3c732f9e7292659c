"""Installs the tools for `make kubernetes-test`; exits with 2 and one sentence when a tool cannot be installed."""

import sys

from harness.kubernetes.definitions import get_definitions
from harness.kubernetes.programs import get_server
from harness.tools import TOOLS, ToolMissing

try:
    TOOLS.mkdir(parents=True, exist_ok=True)
    get_definitions()
    get_server()
except ToolMissing as sentence:
    print(f"kubernetes-test: {sentence}", file=sys.stderr)
    sys.exit(2)
