"""Contains the domain of the notifier, without I/O: alert rules and their decisions, alerts, and messages."""
