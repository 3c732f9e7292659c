"""Exports OpenTelemetry traces, in which a request, the publication of its events and their effects are one trace.

Traces are off by default; then no span is made. The spans are linked by the
`traceparent` that `trace.py` writes into each event. Spans contain the names of routes, topics, consumers and event
types, never the data of an event.
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
    """Raised when traces are turned on and the extra `otel` is not installed."""


class Span:
    """A trace span; its `traceparent` is passed on to the events and requests that it causes."""

    __slots__ = ("_span", "traceparent")

    def __init__(self, span: Any) -> None:
        """Take an OpenTelemetry span that has started."""
        context = span.get_span_context()
        self._span = span
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def end(self, attributes: Mapping[str, str | int], *, name: str | None = None, failed: bool = False) -> None:
        """End the span with these attributes, which have the names of OpenTelemetry's semantic conventions."""
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 # imported only when traces are on

        if name:
            self._span.update_name(name)
        if failed:
            self._span.set_status(StatusCode.ERROR)
        self._span.set_attributes(attributes)
        self._span.end()


def export_to(endpoint: str, service: str) -> None:
    """Send traces to an OTLP/HTTP collector; raise NotInstalled without the extra `otel`."""
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
    """Make spans from now on with this OpenTelemetry provider; None turns traces off."""
    global _tracer  # noqa: PLW0603 # one tracer per process, as in OpenTelemetry
    _tracer = provider.get_tracer("buurtsein") if provider else None


def serving(method: str, path: str, traceparent: str | None) -> Span | None:
    """Begin the span of a request; return None for health and metrics, and while traces are off.

    The span continues the client's trace when the client sent a `traceparent`.
    """
    if _tracer is None or path.startswith(("/health", "/metrics", "/openapi.json")):
        return None
    return _start(method, "SERVER", traceparent, {"http.request.method": method})


def publishing(topic: str, traceparent: str | None) -> Span | None:
    """Begin the span of a publication to Kafka; return None while traces are off."""
    if _tracer is None:
        return None
    attributes = {"messaging.system": "kafka", "messaging.destination.name": topic}
    return _start(f"publish {topic}", "PRODUCER", traceparent, attributes)


def applying(consumer: str, type_name: str, headers: Headers) -> Span | None:
    """Begin the span of an event's effect, linked to its publication; return None while traces are off."""
    if _tracer is None:
        return None
    hop = dict(headers).get("traceparent") or b""
    attributes = {"messaging.system": "kafka", "messaging.consumer.group.name": consumer}
    return _start(f"apply {type_name}", "CONSUMER", hop.decode("ascii", "replace"), attributes)


def _start(name: str, kind: str, traceparent: str | None, attributes: Mapping[str, str]) -> Span:
    from opentelemetry.trace import SpanKind  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent or ""})
    assert _tracer is not None  # noqa: S101 # the callers have checked it
    return Span(_tracer.start_span(name, context=parent, kind=SpanKind[kind], attributes=attributes))
