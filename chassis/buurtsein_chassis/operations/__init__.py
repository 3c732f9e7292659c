"""Lets operators of a service list events that are stuck and act on them; each act is recorded in a table."""
