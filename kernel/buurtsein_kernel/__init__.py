"""Contains rules that every domain shares: for typed text, for places and for days in Belgium.

It does no I/O and imports no other package of this project.
"""
