"""Runs the command line of the service: `python -m buurtsein_notifier`."""

from buurtsein_chassis.program import program
from buurtsein_notifier.manifest import MANIFEST

main = program(MANIFEST)

if __name__ == "__main__":
    main()
