"""`python -m buurtsein_notifier`: the service as a program."""

from buurtsein_chassis.program import program
from buurtsein_notifier.manifest import MANIFEST

main = program(MANIFEST)

if __name__ == "__main__":
    main()
