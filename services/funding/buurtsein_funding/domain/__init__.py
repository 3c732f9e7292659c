"""Support for a network: the city's rules, what is known of the network, the four conditions and the application."""
