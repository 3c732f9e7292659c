"""`python -m buurtsein_funding`: funding as a program."""

from buurtsein_chassis.program import program
from buurtsein_funding.app import compose
from buurtsein_funding.settings import Settings

main = program("funding", Settings, compose)

if __name__ == "__main__":
    main()
