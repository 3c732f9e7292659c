"""Checks the manifests in `deploy/kubernetes`, both without a server and on a real Kubernetes API server."""
