"""The command `buurtsein`: what an operator does with any installation, from any machine that reaches it."""
