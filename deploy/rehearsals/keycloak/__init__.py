"""Runs the services with Keycloak as their issuer: sign-in, roles, rotation of keys, and tokens that end."""
