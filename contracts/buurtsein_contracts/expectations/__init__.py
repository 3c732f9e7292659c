"""Expectations: each consumer says in a YAML file what it relies on, and the gate proves it for every released version.

A consumer's team sends us the file. From then on, a change that takes away something it uses fails in our checks, with
the consumer's name.
"""
