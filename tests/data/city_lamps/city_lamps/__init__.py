"""Street lamps that are out, by network."""
