-- An answer is written once, with its command; only retention, which is the owner's, takes it away.
revoke update, delete on idempotency from {app};
