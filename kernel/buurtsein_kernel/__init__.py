"""Rules that every domain shares: typed text, places and Belgian days.

It does no I/O and imports no other package of this project.
"""
