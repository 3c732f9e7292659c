"""This package is the command `buurtsein`, with which an operator works on any installation it can reach."""
