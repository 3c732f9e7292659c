"""Rehearses a restore of PostgreSQL to a past moment while Kafka keeps newer events, and the loss of a topic."""
