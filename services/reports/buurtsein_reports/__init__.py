"""Incidents: reported, triaged, resolved."""
