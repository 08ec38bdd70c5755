"""Requests made from a document's examples, and those who send them."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from mockserver.exchange import Request
from mockserver.operations import Operation, Parameter
from mockserver.store import Store
from mockserver.worlds import Session
from tests.sweeps.subjects import Subject

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
BOUNDARY = "sweep-7f3a"
_WORLDS = count(1)


@dataclass(frozen=True)
class Call:
    """A request to an operation, in the document's spelling; without a credential, which is its sender's."""

    operation: Operation
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    media_type: str = ""
    body: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = ""

    def with_path(self, **values: Any) -> Call:
        return replace(self, path={**self.path, **values})

    def with_query(self, values: Mapping[str, Any]) -> Call:
        return replace(self, query={**self.query, **values})

    def without_query(self, name: str) -> Call:
        return replace(self, query={key: value for key, value in self.query.items() if key != name})

    def with_value(self, parameter: Parameter, value: Any) -> Call:
        """Return the call with this value for a parameter, wherever it stands."""
        if parameter.location == "path":
            return self.with_path(**{parameter.name: value})
        if parameter.location == "header":
            return replace(self, headers={**self.headers, parameter.name: _text(value)})
        return self.with_query({parameter.name: value})

    def without_value(self, parameter: Parameter) -> Call:
        """Return the call without a parameter of query or headers."""
        if parameter.location == "header":
            return replace(self, headers={key: value for key, value in self.headers.items() if key != parameter.name})
        return self.without_query(parameter.name)

    def with_body(self, body: Any) -> Call:
        return replace(self, body=body)

    def reaching(self, reach: Mapping[str, Any]) -> Call:
        """Return the call changed by an entry of `x-mock-reach`."""
        changed = replace(self, path={**self.path, **reach.get("path", {})}, query={**self.query, **reach.get("query", {})})
        changed = replace(changed, headers={**self.headers, **reach.get("headers", {})}, media_type=reach.get("media-type", self.media_type))
        return replace(changed, body=reach["body"]) if "body" in reach else changed

    def url(self) -> str:
        """Return path and query below the base path."""
        path = self.operation.path
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        pairs = [pair for name, value in self.query.items() for pair in self._pairs(name, value)]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def _pairs(self, name: str, value: Any) -> list[tuple[str, str]]:
        declared = next((one for one in self.operation.located("query") if name in (one.name, *one.aliases)), None)
        if isinstance(value, list) and declared is not None and declared.raw.get("explode") is False:
            return [(name, ",".join(map(_text, value)))]
        return [(name, _text(one)) for one in (value if isinstance(value, list) else [value])]

    def payload(self) -> dict[str, Any]:
        """Return httpx' arguments for the body."""
        if self.content is not None:
            return {"content": self.content, "headers": {"Content-Type": self.media_type}}
        if not self.operation.bodies or self.body is None:
            return {}
        if self.media_type == FORM:
            return {"content": urlencode(flattened(self.body)), "headers": {"Content-Type": FORM}}
        if self.media_type == MULTIPART:
            return {"content": _parts(flattened(self.body)), "headers": {"Content-Type": f"{MULTIPART}; boundary={BOUNDARY}"}}
        return {"json": self.body}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def flattened(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Return a body as the bracketed names and texts of a form."""
    if isinstance(value, Mapping):
        return [pair for key, one in value.items() for pair in flattened(one, f"{name}[{key}]" if name else key)]
    if isinstance(value, list):
        return [pair for one in value for pair in flattened(one, name)]
    return [(name, _text(value))]


def _parts(pairs: list[tuple[str, str]]) -> bytes:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in pairs]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def example_of(parameter: Parameter) -> Any:
    """Return the parameter's example."""
    if "example" in parameter.raw:
        return parameter.raw["example"]
    return next(iter(parameter.raw.get("examples", {"": {"value": None}}).values()))["value"]


def example_call(subject: Subject, operation: Operation, media_type: str | None = None) -> Call:
    """Return the example request: path and required query parameters, the body's example or its first one, and what reaches success."""
    path = {parameter.name: example_of(parameter) for parameter in operation.located("path")}
    query = {parameter.name: example_of(parameter) for parameter in operation.located("query") if parameter.required}
    contents = subject.model.document.resolve(operation.raw.get("requestBody", {})).get("content", {})
    chosen = media_type or next(iter(contents), "")
    content = contents.get(chosen, {})
    body = content.get("example", next((one["value"] for one in content.get("examples", {}).values()), None))
    succeeding = operation.raw.get("x-mock-reach", {}).get(str(operation.statuses[subject.profile]), {})
    return Call(operation, path, query, chosen, copy.deepcopy(body)).reaching(succeeding)


def success_calls(subject: Subject, operation: Operation) -> list[Call]:
    """Return the example requests of an operation: one for each media type that it reads."""
    return [example_call(subject, operation, media_type) for media_type in operation.bodies] or [example_call(subject, operation)]


@dataclass(frozen=True)
class Outcome:
    """What a request led to: its answer (of one that leads elsewhere, where to), and all records and the journal after it."""

    status: int
    answer: Any
    records: Mapping[str, Any]
    journal: Any = ()


class Sender:
    """A client with a world of its own."""

    def __init__(self, subject: Subject, runner: asyncio.Runner, *, credential: str | None = "", rate_limits: bool = False) -> None:
        self.subject = subject
        self.credential = f"sweep {next(_WORLDS)}" if credential == "" else credential
        self._runner = runner
        self._app = subject.app(rate_limits=rate_limits)

    def send(self, call: Call) -> httpx.Response:
        """Return the answer to a call; a broken contract fails at once. A caller of the fixtures whom the body names is the one of this world."""
        payload = self._in_this_world(call).payload()
        return self.request(call.method or call.operation.method, call.url(), headers={**payload.pop("headers", {}), **call.headers}, **payload)

    def request(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **payload: Any) -> httpx.Response:
        """Return the answer to a request below the base path."""
        key = self.subject.service.key
        sent = dict(headers or {})
        if key is not None and self.credential is not None and key.place == "header":
            sent[key.name] = self.credential
        elif key is not None and self.credential is not None:
            url += f"{'&' if '?' in url else '?'}{urlencode({key.name: self.credential})}"
        response = self._runner.run(self._exchange(method, url, headers=sent, **payload))
        assert response.status_code < 500, f"{method} {url}: {response.status_code} {response.text[:500]} {response.headers.get('X-Mock-Violations')}"
        return response

    async def _exchange(self, method: str, url: str, **arguments: Any) -> httpx.Response:
        base = f"http://mock.example{self.subject.base}"
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self._app)) as client:
            return await client.request(method, base + url, **arguments)

    def subject_status(self, operation: Operation) -> int:
        """Return the success status of an operation in the subject's profile."""
        return operation.statuses[self.subject.profile] or 0

    def outcome(self, call: Call) -> Outcome:
        """Return the outcome of a call."""
        response = self.send(call)
        text = response.headers.get("Location", "") if response.is_redirect else self.neutral(response.text)
        answer = json.loads(text) if "json" in response.headers.get("Content-Type", "") else text or None
        return Outcome(response.status_code, answer, self.records(), json.loads(self.neutral(json.dumps(self.session().world.journal.entries()))))

    def neutral(self, text: str) -> str:
        """Return a text of the world without what names this world alone."""
        world = self.session().world
        for key, form in world.forms.items():
            text = text.replace(form, f"form of {key}")
        return text.replace(json.dumps(world.name), '"this world"')

    def _in_this_world(self, call: Call) -> Call:
        name, collection = call.operation.caller, self.subject.service.conventions.callers
        if name is None or not isinstance(call.body, Mapping) or name not in call.body:
            return call
        users = self.subject.service.worlds.fixtures[collection.collection]
        named = next((user["id"] for user in users if user[collection.form_field] == call.body[name]), None)
        return call if named is None else call.with_body({**call.body, name: self.session().world.forms[named]})

    def settle(self) -> None:
        """Let happen what has happened in the world by now without a request."""
        for name in self.subject.api.functions.settle:
            self.subject.api.functions.settle[name](self.session())

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Show the world for a while as it stands by now, and leave it to the requests to make it so."""
        store = self.store
        snapshot = store.snapshot()
        self.settle()
        yield
        store.restore(snapshot)

    def session(self, query: Mapping[str, Any] | None = None) -> Session:
        """Return a session in the world, as a request with this query would have it."""
        service = self._app.service(self.subject.api.name)
        entered = service.worlds.enter(str(self.credential))
        assert entered is not None
        session = service.session(*entered)
        session.request = Request({}, query or {}, None, {}, {})
        return session

    @property
    def store(self) -> Store:
        """The world's records, as they are kept."""
        return self.session().store

    def records(self) -> dict[str, Any]:
        """Return all records of the world."""
        return {name: [dict(record) for record in self.store[name]] for name in self.store}
