"""Tests the alarms of `deploy/monitoring`: their rules, and whether a fault in real services makes them fire."""
