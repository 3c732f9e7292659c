"""The testing kit: valid records, and records with every fault that a consumer can meet."""
