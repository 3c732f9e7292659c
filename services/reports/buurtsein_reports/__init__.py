"""The service reports accepts reports of incidents from residents and the city."""
