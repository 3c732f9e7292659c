"""`python -m buurtsein_notifier`: the notifier as a program."""

from buurtsein_chassis.program import program
from buurtsein_notifier.app import compose
from buurtsein_notifier.settings import Settings

main = program("notifier", Settings, compose)

if __name__ == "__main__":
    main()
