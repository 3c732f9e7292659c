"""Helps to test a consumer: it makes valid records, and records with every fault that a consumer can meet."""
