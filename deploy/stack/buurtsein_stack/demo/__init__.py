"""`make demo`: a neighbourhood network comes to life in Aalst, on real servers, and a ledger proves what happened."""
