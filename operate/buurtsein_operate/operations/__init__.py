"""What operators do with events on a running installation: look, try again, let go, publish again, compare."""
