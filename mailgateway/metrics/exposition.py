"""Metrics as text, in the format that every Prometheus reads."""

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest


def exposed(registry: CollectorRegistry) -> tuple[bytes, str]:
    """Return the text and its media type."""
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4
