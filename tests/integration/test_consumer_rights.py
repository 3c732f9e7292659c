"""An outside consumer that is added to `consumers.toml` gets its rights; a removed consumer can lose its rights."""

from buurtsein_contracts.topics import Audience
from buurtsein_operate import topics
from buurtsein_operate.cluster import Cluster
from buurtsein_operate.consumers import Consumer
from buurtsein_stack.installation import Installation
from buurtsein_stack.servers import RunningServers


def test_a_consumer_that_is_added_gets_its_rights_and_one_that_is_gone_can_lose_them(servers: RunningServers) -> None:
    admin = servers.principals["admin"]
    cluster = Cluster(servers.bootstrap, "SASL_PLAINTEXT", admin.username, admin.password)
    consumers = Installation.load().consumers
    province = Consumer(
        name="province", organisation="Provincie", tier=Audience.CITY, contact="the desk", may_be_late_minutes=60
    )
    told = topics.apply(cluster, {"province": "word"}, (*consumers, province))
    assert "province READ topic bin.funding" in told[0]
    assert told[-1] == "user province"
    left = topics.apply(cluster, {}, consumers)
    assert left
    assert all(line.startswith("kept although its user is unknown: province READ topic") for line in left)
    gone = topics.apply(cluster, {}, consumers, revoke_unknown=True)
    assert "no longer allow province READ topic bin.funding" in gone
    assert topics.apply(cluster, {}, consumers) == []
