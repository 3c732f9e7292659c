"""Traces in OpenTelemetry's form, when they are asked for: request -> publication -> effect are one trace.

Off by default, and then each function here is one comparison. The link is the `traceparent` that `trace.py` writes into
every event; spans hold names of routes, topics, consumers and types, never what an event says.
"""

import atexit
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

_tracer: "Tracer | None" = None

type Headers = Sequence[tuple[str, bytes | None]]


class NotInstalled(Exception):
    """Traces are asked for and the extra `otel` is not installed."""


class Span:
    """One piece of work; `traceparent` is what goes with whatever it causes."""

    __slots__ = ("_span", "traceparent")

    def __init__(self, span: Any) -> None:
        """Of an OpenTelemetry span that has started."""
        context = span.get_span_context()
        self._span = span
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def end(self, attributes: Mapping[str, str | int], *, name: str | None = None, failed: bool = False) -> None:
        """It is done; attributes are named as OpenTelemetry's conventions say."""
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 # only when traces are on

        if name:
            self._span.update_name(name)
        if failed:
            self._span.set_status(StatusCode.ERROR)
        self._span.set_attributes(attributes)
        self._span.end()


def export_to(endpoint: str, service: str) -> None:
    """Send traces to an OTLP/HTTP collector; raises NotInstalled."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise NotInstalled("otel_endpoint is set: install buurtsein-chassis[otel]") from error
    provider = TracerProvider(resource=Resource.create({"service.name": f"buurtsein-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    atexit.register(provider.shutdown)
    use(provider)


def use(provider: "TracerProvider | None") -> None:
    """Make spans with this provider; None turns traces off."""
    global _tracer  # noqa: PLW0603 # one per process, as OpenTelemetry has it
    _tracer = provider.get_tracer("buurtsein") if provider else None


def serving(method: str, path: str, traceparent: str | None) -> Span | None:
    """A request came in, perhaps as part of somebody's trace; probes and scrapes are left out."""
    if _tracer is None or not path.startswith("/v1"):
        return None
    return _start(method, "SERVER", traceparent, {"http.request.method": method})


def publishing(topic: str, traceparent: str | None) -> Span | None:
    """An event goes to the broker."""
    if _tracer is None:
        return None
    attributes = {"messaging.system": "kafka", "messaging.destination.name": topic}
    return _start(f"publish {topic}", "PRODUCER", traceparent, attributes)


def applying(consumer: str, type_name: str, headers: Headers) -> Span | None:
    """An event's effect begins; it follows the publication that its record tells of."""
    if _tracer is None:
        return None
    hop = dict(headers).get("traceparent") or b""
    attributes = {"messaging.system": "kafka", "messaging.consumer.group.name": consumer}
    return _start(f"apply {type_name}", "CONSUMER", hop.decode("ascii", "replace"), attributes)


def _start(name: str, kind: str, traceparent: str | None, attributes: Mapping[str, str]) -> Span:
    from opentelemetry.trace import SpanKind  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent or ""})
    assert _tracer is not None  # noqa: S101 # asked before
    return Span(_tracer.start_span(name, context=parent, kind=SpanKind[kind], attributes=attributes))
