"""Runs `buurtsein-contracts` as `python -m buurtsein_contracts.cli`, when the program is not on the PATH."""

from buurtsein_contracts.cli import main

main()
