"""Shared pieces of the tests: servers, the ledger service, and a small town of networks and people."""
