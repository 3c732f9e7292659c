"""Contains what tests share: servers, the ledger service (for tests only), and clients for networks and people."""
