"""Contains what tests share: servers, the ledger service (a test service), and clients for networks and people."""
