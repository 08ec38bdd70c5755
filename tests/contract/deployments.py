"""Small deployments: a mock behind a door that notes every request, and that is wrong in one way, or in none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mockserver.contract.targets import ASGIApp


@dataclass(frozen=True)
class Asked:
    """A request as it arrives."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    def is_for(self, method: str, end: str) -> bool:
        """Return whether it is for a path that ends so; digits stand for any id."""
        parts = [":id" if part.isdigit() else part for part in self.path.split("/")]
        return self.method == method and "/".join(parts).endswith(end)

    def without(self, *names: str) -> Asked:
        """Return it without these query parameters."""
        return replace(self, query=tuple((name, value) for name, value in self.query if name not in names))

    def with_header(self, name: str, value: str) -> Asked:
        """Return it with this header."""
        return replace(self, headers={**self.headers, name: value})

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answered:
    """An answer as it leaves."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)

    def showing(self, value: Any) -> Answered:
        """Return it with another body."""
        return replace(self, body=json.dumps(value).encode())


Before = Callable[[Asked], "Asked | Answered"]
After = Callable[[Asked, Answered], Answered]


class Door:
    """An ASGI application in front of another.

    Attributes:
        asked: the requests that came, in order, as they came.
    """

    def __init__(self, app: ASGIApp, before: Before | None = None, after: After | None = None) -> None:
        self._app = app
        self._before = before
        self._after = after
        self.asked: list[Asked] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = await _read(scope, receive)
        self.asked.append(asked)
        changed = self._before(asked) if self._before else asked
        answered = changed if isinstance(changed, Answered) else await self._pass_on(scope, changed)
        if self._after and not isinstance(changed, Answered):
            answered = self._after(asked, answered)
        headers = {**answered.headers, "content-length": str(len(answered.body))}
        told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answered.status, "headers": told})
        await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else answered.body})

    async def _pass_on(self, scope: Any, asked: Asked) -> Answered:
        start: dict[str, Any] = {}
        body = bytearray()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        query = scope["query_string"] if asked.query == _pairs(scope) else urlencode(asked.query).encode()
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in asked.headers.items()]
        await self._app({**scope, "query_string": query, "headers": headers}, receive, send)
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        return Answered(start["status"], told, bytes(body))


async def _read(scope: Any, receive: Any) -> Asked:
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Asked(scope["method"], scope["path"], _pairs(scope), headers, b"".join(chunks))


def _pairs(scope: Any) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
