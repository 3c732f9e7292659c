"""Runs the command line of the service: `python -m buurtsein_funding`."""

from buurtsein_chassis.program import program
from buurtsein_funding.manifest import MANIFEST

main = program(MANIFEST)

if __name__ == "__main__":
    main()
