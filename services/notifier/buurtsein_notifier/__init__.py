"""Alerts: proposed, released, sent to BE-Alert."""
