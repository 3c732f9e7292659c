"""The domain of the registry: networks and members, the rules for changing them, and the events about the changes."""
