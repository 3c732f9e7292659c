"""A model of what an installation needs: events, storage, processes, and what becomes too small first."""
