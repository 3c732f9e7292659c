"""The domain of the notifier, without any I/O: alert rules, judgements of reports, alerts and their messages."""
