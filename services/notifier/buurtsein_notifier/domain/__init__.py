"""The domain of the notifier, without any I/O: rules, judgements, alerts and their messages."""
