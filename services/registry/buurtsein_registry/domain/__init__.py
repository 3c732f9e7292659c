"""Networks and members: what they are, what may happen to them, and what is said when it did."""
