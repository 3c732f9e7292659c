"""The funding service handles applications for support of a network's communication costs."""
