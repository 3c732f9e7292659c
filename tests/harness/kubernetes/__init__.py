"""Checks the manifests in `deploy/kubernetes`, without a server and on a real Kubernetes API server."""
