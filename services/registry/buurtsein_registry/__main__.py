"""`python -m buurtsein_registry`: the registry as a program."""

from buurtsein_chassis.program import program
from buurtsein_registry.app import compose
from buurtsein_registry.settings import Settings

main = program("registry", Settings, compose)

if __name__ == "__main__":
    main()
