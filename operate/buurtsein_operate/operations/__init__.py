"""Contains the commands with which operators list, retry, discard, republish and compare events."""
