"""What gateway.yaml may say of metrics."""

from pydantic import Field

from mailgateway.config.gateway.api import Listen
from mailgateway.config.reading.kinds import Strict


class Metrics(Strict):
    """Figures for Prometheus at /metrics, and /healthz and /readyz: read-only, without a token, of nobody's mail."""

    listen: Listen = Field(default="127.0.0.1:9464", description="where it listens, an address and a port")
