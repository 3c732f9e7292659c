"""Rehearses a restore: PostgreSQL goes back to a moment while Kafka stays ahead; then a topic is lost."""
