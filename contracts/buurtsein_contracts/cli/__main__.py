"""Runs the command as `python -m buurtsein_contracts.cli`, for when it is not on the PATH."""

from buurtsein_contracts.cli import main

main()
