"""What operators do with a service: look at events that got stuck, and act on them. Every act is written down."""
