"""An example of a service of another team: it records which street lamps are out, for each network."""
