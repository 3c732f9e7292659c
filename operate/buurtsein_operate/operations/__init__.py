"""The commands with which operators list, retry, discard, republish and compare events of an installation."""
