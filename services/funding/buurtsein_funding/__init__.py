"""Support for communication costs."""
