"""What consumers say they rely on: one YAML file each, proved against every version we ever released.

A consumer gives it to us; from then on a change that would take away what it uses fails here, by name.
"""
