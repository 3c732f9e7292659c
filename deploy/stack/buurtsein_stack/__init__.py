"""Runs Buurtsein on one machine: real servers, the services, a token issuer, a simulated BE-Alert, and the demo."""
