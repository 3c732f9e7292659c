"""An example of an outside service: it records reports of street lamps that are out, by network."""
