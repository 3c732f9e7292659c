"""Where Buurtsein runs: the one-machine stack and the operator's commands."""
