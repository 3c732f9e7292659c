"""Handles expectations: YAML files in which each consumer lists the events and fields that it uses.

The compatibility check (the gate) tests every released version of the events against these files.

A consumer's team sends us the file. From then on, a change that takes away something it uses fails in our checks, with
the consumer's name.
"""
