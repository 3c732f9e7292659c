"""How close to the hardware it works: ratios of two things measured in one run, never seconds."""
