"""`python -m buurtsein_reports`: reports as a program."""

from buurtsein_chassis.program import program
from buurtsein_reports.app import compose
from buurtsein_reports.settings import Settings

main = program("reports", Settings, compose)

if __name__ == "__main__":
    main()
