"""The registry keeps networks, their members, and who these members are."""
