"""Makes the Kubernetes manifests of an installation from the descriptions (manifests) of its services.

Nothing here talks to a cluster. Each module makes the objects of one concern as dictionaries, `folders.py` puts them
into files, and `command.py` writes these.
"""
