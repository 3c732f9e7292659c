"""Estimates what an installation needs (events, storage, processes), and which part reaches its limit first."""
