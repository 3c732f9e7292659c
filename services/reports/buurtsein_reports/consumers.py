"""What reports reads of others: which networks there are, where, and on which days they are recognised."""

from buurtsein_chassis.subscription import Subscription
from buurtsein_reports.projections import known_networks

networks = Subscription.keeping(known_networks)
