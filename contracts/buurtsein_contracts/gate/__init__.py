"""The gate: it checks that a change breaks no consumer of a released version. Needs the extra `gate`."""
