"""Installs each service and the operator's command from wheels in bare environments, and uses them."""
