"""What operators can do with a service: list events that got stuck, and act on them. Every act is recorded."""
