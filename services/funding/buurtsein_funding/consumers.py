"""What funding reads of others: the life of networks."""

from buurtsein_chassis.subscription import Subscription
from buurtsein_funding.projections import known_networks

SUBSCRIPTIONS = (Subscription.keeping(known_networks),)
