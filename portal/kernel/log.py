"""Structured logs: one JSON line an event, with the request's number and no personal data."""

import json
import logging
import secrets
import sys
import time
from typing import Any

from flask import Flask, Response, g, has_request_context, request


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "name": record.name,
            "event": record.getMessage(),
        }
        if has_request_context():
            line["request"] = g.get("request_id")
        line.update(getattr(record, "facts", {}))
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


access = logging.getLogger("portal.request")


def _begin() -> None:
    g.request_id = secrets.token_hex(6)
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint not in (None, "static", "home.healthz"):
        # The endpoint, never the address: addresses hold titles, queries and tokens.
        access.info(
            "request",
            extra={
                "facts": {
                    "endpoint": request.endpoint,
                    "method": request.method,
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - g.get("began", 0)) * 1000),
                }
            },
        )
    return response


def to_stream(level: int = logging.INFO) -> None:
    """Send the portal's log to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger("portal")
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = False


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
