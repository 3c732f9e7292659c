"""Subscribes to `bin.networks`, and keeps a projection of each network."""

from buurtsein_chassis.subscription import Subscription
from buurtsein_funding.projections import known_networks

SUBSCRIPTIONS = (Subscription.keeping(known_networks),)
