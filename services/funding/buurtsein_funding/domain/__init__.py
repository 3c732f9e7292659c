"""The domain of funding: the city's rules for support, the four conditions, and the application."""
