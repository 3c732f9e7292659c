"""The domain of the registry: networks and members, what can happen to them, and the events about it."""
