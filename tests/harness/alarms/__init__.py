"""The alarms of `deploy/monitoring`: their rule tests, and whether a fault in real services fires them."""
