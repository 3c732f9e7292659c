"""Lets operators of a service list and repair stuck events; each action is recorded in an audit table."""
