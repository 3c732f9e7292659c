"""Buurtsein on one machine: real servers, the services, an issuer of tokens, a simulated BE-Alert, and the demo."""
