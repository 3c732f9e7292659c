"""Makes releases: the wheels of all distributions, and a lock file for each service and the operator's command."""
