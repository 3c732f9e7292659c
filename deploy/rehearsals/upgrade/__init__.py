"""Rehearses an upgrade: from the previous release to this one and back, one process after the other, under load."""
