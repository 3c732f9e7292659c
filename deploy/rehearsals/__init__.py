"""Rehearsals: what operators do rarely, done on this machine from beginning to end and judged by counting."""
