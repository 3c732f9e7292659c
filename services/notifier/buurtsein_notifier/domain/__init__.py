"""The rules of the notifier, without any I/O."""
