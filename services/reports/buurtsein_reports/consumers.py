"""Subscribes to `bin.networks`, and keeps a projection of each network."""

from buurtsein_chassis.subscription import Subscription
from buurtsein_reports.projections import known_networks

networks = Subscription.keeping(known_networks)
