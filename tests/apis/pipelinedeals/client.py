"""Requests of one user of one account, through the whole application: what is answered, and what the account's journal notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from mockserver.app import MockApp

MIRA, TOMAS, DEE = 311, 312, 313
"""The users of the fixtures: an executive and administrator, a manager, and a basic user below that manager."""

Query = Mapping[str, Any] | str | None
"""A list stands for the name repeated."""


class Client:
    """A user of an account that no other test knows.

    Attributes:
        key: the api_key.
    """

    def __init__(self, app: MockApp, runner: asyncio.Runner, account: str, user: int = MIRA) -> None:
        self.key = f"{account}:{user}"
        self._app = app
        self._runner = runner
        self._account = account

    def as_user(self, user: int) -> Client:
        """Return the client of another user of the same account."""
        return Client(self._app, self._runner, self._account, user)

    def send(self, method: str, path: str, query: Query = None, *, keyed: bool = True, **arguments: Any) -> httpx.Response:
        """Return the answer to a request.

        Args:
            path: below the API's base path, such as `/deals/90412.json`.
            keyed: whether the api_key is sent.
            arguments: as httpx takes them: json, data, content, headers.
        """
        params = httpx.QueryParams(query or {})
        if keyed:
            params = params.set("api_key", self.key)

        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://pipeline.example/pipelinedeals/api/v3") as client:
                return await client.request(method, path, params=params, **arguments)

        return self._runner.run(exchange())

    def get(self, path: str, query: Query = None, status: int = 200) -> Any:
        """Return what a GET answers, with this status."""
        return _told(self.send("GET", path, query), status)

    def post(self, path: str, body: Any, query: Query = None, status: int = 200) -> Any:
        """Return what a POST of a JSON body answers, with this status."""
        return _told(self.send("POST", path, query, json=body), status)

    def put(self, path: str, body: Any, query: Query = None, status: int = 200) -> Any:
        """Return what a PUT of a JSON body answers, with this status."""
        return _told(self.send("PUT", path, query, json=body), status)

    def delete(self, path: str, status: int = 204) -> Any:
        """Return what a DELETE answers, with this status; None without a body."""
        return _told(self.send("DELETE", path), status)

    def entries(self, path: str, query: Query = None) -> list[dict[str, Any]]:
        """Return the records of a list."""
        found: list[dict[str, Any]] = self.get(path, query)["entries"]
        return found

    def ids(self, path: str, query: Query = None) -> list[int]:
        """Return the ids that a list answers, in its order."""
        return [entry["id"] for entry in self.entries(path, query)]

    def refused_fields(self, send: Callable[..., Any], path: str, body: Any, query: Query = None) -> list[str]:
        """Return the attributes for which `post` or `put` is refused with 422, each with a message and its words."""
        problems: list[dict[str, str]] = send(path, body, query, status=422)
        assert all(set(one) == {"field", "msg", "humanized_field"} and all(one.values()) for one in problems), problems
        return [one["field"] for one in problems]

    def mails(self) -> list[dict[str, Any]]:
        """Return the mails that the account would have sent, the oldest first, without kind and moment."""
        entered = self._app.service("pipelinedeals").worlds.enter(self.key)
        assert entered is not None
        return [{name: value for name, value in one.items() if name not in ("kind", "at")} for one in entered[0].journal.entries("mail")]


def _told(response: httpx.Response, status: int) -> Any:
    assert response.status_code == status, f"{response.status_code}: {response.text[:2000]}"
    return response.json() if response.content else None
