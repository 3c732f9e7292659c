"""What a user would write or pick instead, on the same servers."""

from bench.from_topic import TopicBench
from bench.measure import cpu_each, interleaved, rate
from bench.stages import RelayBench
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase

NUMBER = 1_000
ON_TOPIC = 3_000
RUNS = 5

type Figures = list[tuple[str, float, float, float, bool]]


async def consumer_instead(servers: RunningServers, where: FreshDatabase) -> Figures:
    """From the topic: the chassis' consumer, a loop of getmany, a plain FastStream subscriber that commits each."""
    bench = TopicBench(servers, where, ON_TOPIC)
    await bench.fill()
    contestants = {"at once": bench.at_once, "one by one": bench.one_by_one, "bare": bench.bare, "plain": bench.plain}
    read = await interleaved(contestants, RUNS)
    at_once, one_by_one, plain = rate(read["at once"]), rate(read["one by one"]), rate(read["plain"])
    ours, theirs = cpu_each(read["at once"]), cpu_each(read["bare"])
    return [
        ("CPU of a batch consumer / getmany, JSON and SQL", ours, theirs, 3.5, True),
        ("consumer at once / plain FastStream subscriber", at_once, plain, 1.0, False),
        ("consumer one by one / plain FastStream subscriber", one_by_one, plain, 1.0, False),
    ]


async def outbox_instead(servers: RunningServers, where: FreshDatabase) -> Figures:
    """The chassis' relay against faststream-outbox."""
    from bench.faststream_outbox import FastStreamOutbox  # noqa: PLC0415

    relay, other = RelayBench(servers, where, NUMBER), FastStreamOutbox(servers, where, NUMBER)
    readings = await interleaved({"ours": relay.ours, "other": other.run}, RUNS)
    return [("relay / faststream-outbox", rate(readings["ours"]), rate(readings["other"]), 1.0, False)]
