"""The gate: proof that what we change breaks nobody who built on what we released. Needs the extra `gate`."""
