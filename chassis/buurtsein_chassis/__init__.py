"""How events are carried: outbox and relay, inbox and consumer, HTTP, tokens, logs, health. No word of the domain."""
