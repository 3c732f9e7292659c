"""Rehearses an upgrade from the previous release to this one and back, one process at a time, under load."""
