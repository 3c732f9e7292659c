"""`python -m buurtsein_funding`: the service as a program."""

from buurtsein_chassis.program import program
from buurtsein_funding.manifest import MANIFEST

main = program(MANIFEST)

if __name__ == "__main__":
    main()
