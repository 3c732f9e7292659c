"""Contains what every service needs: outbox and relay, inbox and consumer, HTTP, tokens, jobs, logs, health.

It knows no domain.
"""
