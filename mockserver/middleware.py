"""Thin ASGI wrappers around the application. Hold no rules."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

from mockserver.clock import monotonic_seconds

Scope = MutableMapping[str, Any]
ASGIApp = Callable[[Scope, Any, Any], Any]


class RequestLog:
    """Writes a line for each request: method, path, status, milliseconds, operation and world.

    Args:
        style: `text`, or `json` for one object a line.
    """

    def __init__(self, app: ASGIApp, style: str = "text", stream: TextIO | None = None) -> None:
        self._app = app
        self._line = _json_line if style == "json" else _text_line
        self._stream = stream or sys.stderr

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer a request and write its line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = monotonic_seconds(), 0

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            milliseconds = (monotonic_seconds() - begun) * 1000
            self._stream.write(self._line(scope, status, milliseconds))
            self._stream.flush()


def _path(scope: Scope) -> str:
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"]
    text: str = (raw + b"?" + query if query else raw).decode("latin-1")
    return text.encode("unicode_escape").decode("ascii")


def _text_line(scope: Scope, status: int, milliseconds: float) -> str:
    operation, world = scope.get("mock_operation", "-"), scope.get("mock_world", "-")
    return f"{scope['method']} {_path(scope)} {status} {milliseconds:.1f}ms {operation} world={world!a}\n"


def _json_line(scope: Scope, status: int, milliseconds: float) -> str:
    told = {
        "method": scope["method"],
        "path": _path(scope),
        "status": status,
        "ms": round(milliseconds, 1),
        "operation": scope.get("mock_operation"),
        "world": scope.get("mock_world"),
    }
    return json.dumps(told) + "\n"
