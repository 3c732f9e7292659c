"""Runs the simulator of BE-Alert: `python -m buurtsein_stack.bealert`."""

import sys

from buurtsein_stack.bealert import main

if __name__ == "__main__":
    sys.exit(main())
