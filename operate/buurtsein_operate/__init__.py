"""Contains the command `buurtsein`, with which operators manage any installation that their machine can reach."""
