"""Networks, people and members."""
