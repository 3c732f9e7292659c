"""Checks that a change of the events breaks no consumer of a released version. Needs the extra `gate`."""
