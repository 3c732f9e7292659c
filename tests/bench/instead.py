"""Compares the speed of the chassis with libraries and minimal programs that could be used instead."""

from bench.bars import Bar, cpu_bar, rate_bar
from bench.from_topic import TopicBench
from bench.measure import interleaved
from bench.stages import RelayBench
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase

NUMBER = 1_000
ON_TOPIC = 3_000
RUNS = 5


async def consumer_instead(servers: RunningServers, where: FreshDatabase) -> list[Bar]:
    """Compare the chassis's consumer with a plain getmany loop and with a FastStream subscriber."""
    bench = TopicBench(servers, where, ON_TOPIC)
    await bench.fill()
    contestants = {"at once": bench.at_once, "one by one": bench.one_by_one, "bare": bench.bare, "plain": bench.plain}
    read = await interleaved(contestants, RUNS)
    at_once, one_by_one, plain = read["at once"], read["one by one"], read["plain"]
    return [
        cpu_bar("CPU of a batch consumer / getmany, JSON and SQL", at_once, read["bare"], 3.5),
        rate_bar("consumer at once / plain FastStream subscriber", at_once, plain, 1.0),
        rate_bar("consumer one by one / plain FastStream subscriber", one_by_one, plain, 1.0),
    ]


async def outbox_instead(servers: RunningServers, where: FreshDatabase) -> list[Bar]:
    """Compare the chassis's relay with the library faststream-outbox."""
    from bench.faststream_outbox import FastStreamOutbox  # noqa: PLC0415

    relay, other = RelayBench(servers, where, NUMBER), FastStreamOutbox(servers, where, NUMBER)
    readings = await interleaved({"ours": relay.ours, "other": other.run}, RUNS)
    return [rate_bar("relay / faststream-outbox", readings["ours"], readings["other"], 1.0)]
