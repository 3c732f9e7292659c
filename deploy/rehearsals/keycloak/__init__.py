"""Runs the services with Keycloak as their token issuer: sign-in, roles, new signing keys, revoked sessions."""
