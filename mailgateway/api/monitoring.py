"""What monitoring asks: figures, whether the daemon is alive, whether it is ready. Read-only, without a token."""

import json
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from mailgateway import log
from mailgateway.flows.health.condition import Condition

_KEPT_FROM_CACHES = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_log = log.logger("metrics")


class Monitor(Protocol):
    """Who knows how the daemon is."""

    def figures(self) -> tuple[bytes, str]:
        """Return the metrics and their media type."""

    def liveness(self) -> Condition:
        """Tell whether the process gets on with its work."""

    def readiness(self) -> Condition:
        """Tell whether this host can do its part of the work."""


def application(monitor: Monitor) -> FastAPI:
    """Return `/metrics`, `/healthz` and `/readyz`."""
    made = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    made.add_exception_handler(HTTPException, _refused)
    made.add_exception_handler(Exception, _broken)

    @made.get("/metrics")
    def metrics() -> Response:
        content, kind = monitor.figures()
        return Response(content, 200, _KEPT_FROM_CACHES, kind)

    @made.get("/healthz")
    def healthz() -> Response:
        return _answer(monitor.liveness())

    @made.get("/readyz")
    def readyz() -> Response:
        return _answer(monitor.readiness())

    return made


def _answer(condition: Condition) -> Response:
    told = {"problems": list(condition.problems), "warnings": list(condition.warnings)}
    content = {"ok": condition.is_well, **told, **condition.detail}
    return _written(content, 200 if condition.is_well else 503)


def _written(content: dict[str, object], status: int, **more: str) -> Response:
    return Response(json.dumps(content), status, _KEPT_FROM_CACHES | more, "application/json")


def _refused(_request: Request, error: Exception) -> Response:
    return _written({"error": "ask for /metrics, /healthz or /readyz"}, getattr(error, "status_code", 404))


def _broken(_request: Request, error: Exception) -> Response:
    _log.error("metrics.broken", error=type(error).__name__, exception=log.frames(error))
    # uvicorn closes the connection behind such an answer, and a client has to know it
    return _written({"ok": False, "problems": ["a fault of our own: the log says more"]}, 503, Connection="close")
