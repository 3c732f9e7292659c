"""Makes what an operator installs: the wheels of all distributions, a lock for each deployable one, and releases."""
