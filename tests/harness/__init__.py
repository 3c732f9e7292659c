"""What many tests use: servers, a service with a ledger, and a small town of networks and people."""
