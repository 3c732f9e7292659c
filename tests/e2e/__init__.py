"""Tests that use all services together, on a stack.

The package is a scope of fixtures: pytest ends the stack after the last test here.
"""
