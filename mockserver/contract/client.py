"""Sends requests to a target, one after another: nothing that the target does not allow, at its rate, and no redirect is followed. Judges nothing."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from mockserver.clock import monotonic_seconds
from mockserver.contract.targets import Target

_PATIENCE_SECONDS = 60.0
_RETRIES = 3
_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and the request that it answers.

    Attributes:
        body: the decoded JSON, None for anything else.
        text: the beginning of the body as it came.
        curl: a command that sends the request again, without its credential.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    text: str
    curl: str

    @property
    def accepted(self) -> bool:
        """Whether the request did what it asked for."""
        return 200 <= self.status < 300


class Client:
    """A connection to one target, to be closed after use."""

    def __init__(self, target: Target) -> None:
        self.target = target
        transport = httpx.ASGITransport(app=target.app, raise_app_exceptions=False) if target.app is not None else None
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=transport, follow_redirects=False, timeout=_TIMEOUT_SECONDS, trust_env=target.app is None)
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        credential: str | None = None,
    ) -> Reply:
        """Return the answer to one request.

        Args:
            path: a path template; `parameters` fill it in.
            credential: in place of the target's; empty for none.

        Raises:
            ForbiddenRequest: the target does not allow it; nothing was sent.
            httpx.HTTPError: the target does not answer.
        """
        filled = path.format_map({name: quote(str(value), safe="") for name, value in (parameters or {}).items()})
        url = self.target.base_url + filled
        self.target.admit(method, url)
        asked = _plain(query or {})
        shown = httpx.URL(url, params=asked) if asked else httpx.URL(url)
        key = self.target.credential if credential is None else credential
        response = self._runner.run(self._sent(method, url, asked, body, key))
        return Reply(response.status_code, response.headers, _decoded(response), response.text[:2000], _curl(method, str(shown), body))

    async def _sent(self, method: str, url: str, query: dict[str, Any], body: Any, credential: str) -> httpx.Response:
        headers: dict[str, str] = {}
        place = self.target.credential_place()
        if place is not None and credential:
            (headers if place[0] == "header" else query)[place[1]] = credential
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        for attempt in range(_RETRIES):
            await self._wait()
            response = await self._http.request(method, url, params=query or None, headers=headers, content=content)
            if response.status_code != 429 or attempt == _RETRIES - 1:
                break
            await asyncio.sleep(_retry_after(response))
        return response

    async def _wait(self) -> None:
        rate = self.target.requests_per_second
        if rate is None:
            return
        now = monotonic_seconds()
        if self._next > now:
            await asyncio.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / rate


def _plain(query: Mapping[str, Any]) -> dict[str, Any]:
    texts = {True: "true", False: "false"}
    return {name: texts[value] if isinstance(value, bool) else value for name, value in query.items()}


def _retry_after(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return min(float(text), _PATIENCE_SECONDS) if text.isdigit() else 1.0


def _decoded(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _curl(method: str, url: str, body: Any) -> str:
    data = [] if body is None else ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    return shlex.join(["curl", "-X", method, url, *data])
