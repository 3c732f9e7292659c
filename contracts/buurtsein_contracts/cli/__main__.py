"""`python -m buurtsein_contracts.cli`, where the command is not on the path."""

from buurtsein_contracts.cli import main

main()
