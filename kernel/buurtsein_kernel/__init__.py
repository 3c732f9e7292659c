"""Rules that every domain shares: typed text, places and Belgian days. Does no I/O and imports nothing else of ours."""
