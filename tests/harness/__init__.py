"""What the tests stand on: servers, a service that keeps a ledger, a small town."""
