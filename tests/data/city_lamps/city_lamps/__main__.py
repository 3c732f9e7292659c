"""`python -m city_lamps`: the service as a program."""

from buurtsein_chassis.program import program
from city_lamps.manifest import MANIFEST

main = program(MANIFEST)

if __name__ == "__main__":
    main()
