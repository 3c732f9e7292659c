"""Runs the example service with `python -m city_lamps`."""

from buurtsein_chassis.program import program
from city_lamps.manifest import MANIFEST

main = program(MANIFEST)

if __name__ == "__main__":
    main()
