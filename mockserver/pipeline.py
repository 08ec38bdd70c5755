"""One precompiled pipeline per operation: credential → readable → path records → parameters → body → handler → answer. Each an ASGI application."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime, tzinfo
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from mockserver.apikeys import api_keys, is_refused
from mockserver.automations import match_calls
from mockserver.clock import Clock, request_id
from mockserver.conventions import Conventions
from mockserver.exchange import Answer, Record, Request, Response
from mockserver.expansion import Expander
from mockserver.functions import Functions
from mockserver.handlers import build_handler
from mockserver.operations import Model, Operation, Profile
from mockserver.outgoing import CALL_HEADER, Outgoing
from mockserver.outline import Outline
from mockserver.refusals import Category, Refusal, Violation
from mockserver.rendering import Renderers
from mockserver.requests import BodyReader, ParameterReader
from mockserver.responses import encode, refusal_response
from mockserver.selection import compile_selection
from mockserver.validation import Validators
from mockserver.view import View, Visibility, always_whole
from mockserver.worlds import Session, World, Worlds

logger = logging.getLogger("mockserver.pipeline")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Any]
Send = Callable[[Any], Any]

Sight = tuple[Callable[[str, Record], Visibility], Mapping[str, Any]]
"""How much of a record a caller sees, and the collections that were read to know it."""

_EVERYTHING: Sight = (always_whole, {})
_HOST = re.compile(r"[A-Za-z0-9._\-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?", re.ASCII)
_CALL = CALL_HEADER.lower().encode()


class Disconnected(Exception):
    """The client left before its body had arrived."""


class Service:
    """One mocked API at work: its model, dialect, worlds and counters. Two services share nothing."""

    def __init__(
        self,
        name: str,
        model: Model,
        conventions: Conventions,
        functions: Functions,
        worlds: Worlds,
        clock: Clock,
        *,
        profile: Profile = Profile.DOCUMENTED,
        rate_limits: bool = False,
        validate_responses: bool = True,
        seed: int = 0,
        outgoing: Outgoing | None = None,
    ) -> None:
        self.name = name
        self.model = model
        self.conventions = conventions
        self.functions = functions
        self.worlds = worlds
        self.clock = clock
        self.profile = profile
        self.limit = conventions.limit
        self.rate_limits = rate_limits
        self.validate_responses = validate_responses
        self.seed = seed
        self.outgoing = outgoing or Outgoing(clock)
        self.requests = 0
        self.broken = 0
        self.validators = Validators(model.document.schemas)
        self.renderers = Renderers(model, functions, conventions.formats, self.validators if validate_responses else None)
        keys = api_keys(model.document)
        self.key = keys[0] if keys else None
        self.program_keys = keys[1:]
        self._caller_zone = conventions.zones.caller_field
        self._zone_default = zone_of(conventions.zones.default)
        self._visible = [(resource.name, functions.visible[resource.visible]) for resource in model.resources.values() if resource.visible]
        self._fixed_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in conventions.headers.fixed.items()]
        self._media_type = (b"content-type", conventions.media_type.encode("latin-1"))
        self._request_id = conventions.headers.request_id.lower().encode("latin-1")

    def session(self, world: World, caller: int) -> Session:
        """Return a session in the world at this moment."""
        return Session(world, caller, self.clock.now(), self._zone(world, caller), self.model.resources, self.functions, self.seed)

    def _zone(self, world: World, caller: int) -> tzinfo:
        if self._caller_zone is None:
            return self._zone_default
        user = world.store[self.conventions.callers.collection].get(caller)
        name = user and user[self._caller_zone]
        return zone_of(name) if name else self._zone_default

    def call_out(self, session: Session) -> None:
        """Hand over the calls that follow from what a request has written."""
        if session.writes is not None and self.conventions.calls is not None:
            calls = match_calls(session.world.automations, session.writes.events(), self.conventions.calls)
            self.outgoing.submit(calls, session.world.journal)

    def visibility(self, session: Session) -> Callable[[str, Record], Visibility]:
        """Return how much of a record the session's caller sees, by collection and record."""
        return self.sight(session)[0]

    def sight(self, session: Session) -> Sight:
        """Return the same, and the collections that were read for it: as long as these are as they were, it holds for the caller."""
        if not self._visible:
            return _EVERYTHING
        known: Sight | None = session.world.sights.get(session.caller)
        now = session.store.collections
        if known is not None and all(now[name] is collection for name, collection in known[1].items()):
            return known
        own = self.session(session.world, session.caller)  # one without a request, to be kept
        found = session.world.sights[session.caller] = session.store.reading(lambda: self._seen(own))
        return found

    def _seen(self, session: Session) -> Callable[[str, Record], Visibility]:
        tests = [(name, function(session)) for name, function in self._visible]
        seen = {name: test for name, test in tests if test is not None}
        if not seen:
            return always_whole
        return lambda collection, record: seen[collection](record) if collection in seen else Visibility.WHOLE

    def finish(self, response: Response, world: World | None) -> list[tuple[bytes, bytes]]:
        """Return the headers that go out with the response."""
        self.requests += 1
        headers = [*self._fixed_headers, self._media_type]
        own = [(_header_name(name), value.encode("latin-1", "replace")) for name, value in response.headers.items()]
        if own:
            said = {name for name, _ in own}
            headers = [*(pair for pair in headers if pair[0] not in said), *own]
        if not response.body:
            headers = [pair for pair in headers if pair[0] != b"content-type"]
        if response.status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(response.body)))
        headers.append((b"date", _http_date(self.clock.now())))
        if self._request_id:
            headers.append((self._request_id, self._next_id(world).encode("latin-1")))
        return headers

    def _next_id(self, world: World | None) -> str:
        if world is None:
            return request_id(self.seed, self.requests)
        world.requests += 1
        return request_id(self.seed, world.name, world.requests)

    def refuse(self, refusal: Refusal, operation: Operation | None = None, admitted: Mapping[int, Any] | None = None) -> Response:
        """Return the answer to a refused request, in the shapes that its operation declares, if there is one."""
        if refusal.category is Category.BROKEN_CONTRACT:
            self.broken += 1
            logger.error("%s: the answer breaks the contract: %s", operation.label if operation else self.name, refusal.violations[:5])
        return refusal_response(self.conventions.errors, refusal, admitted or {})


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """Return the zone of this IANA name."""
    return ZoneInfo(name)


@lru_cache(maxsize=64)
def _header_name(name: str) -> bytes:
    return name.lower().encode("latin-1")


@lru_cache(maxsize=256)
def _http_date(moment: datetime) -> bytes:
    return formatdate(moment.timestamp(), usegmt=True).encode("latin-1")


class Pipeline:
    """The way of one operation's requests, compiled at start."""

    def __init__(self, service: Service, operation: Operation) -> None:
        self._service = service
        self.operation = operation
        model, validators = service.model, service.validators
        resource = model.resources.get(operation.collection or "")
        self._handler = build_handler(operation, model, service.functions)
        self._allowed = service.functions.allowed[operation.allowed] if operation.allowed else None
        self._select = compile_selection(operation, model, service.functions)
        self._parameters = ParameterReader(operation, model.document, validators)
        self._expander = Expander(operation, service.functions, self._parameters)
        singular = resource.singular if resource else ""
        self._body = BodyReader(operation, model.document, validators, singular, service.conventions.bodies) if operation.bodies else None
        self._settle = service.functions.settle[resource.settle] if resource and resource.settle else None
        self._records = [(name, model.resources[record]) for name, record in operation.records]
        self._missing_statuses = {parameter.name: parameter.missing for parameter in operation.located("path")}
        self._status = operation.statuses[service.profile] or 200
        self._renders = {}
        self._outlines = {}
        self._admitted: dict[int, Any] = {}
        for status, schema in operation.responses.items():
            if schema is not None and status < 400:
                self._renders[status] = service.renderers.answer(operation, schema)
                outline = Outline(model, schema)
                self._outlines[status] = (outline, validators.compile(outline.schema))
            self._admitted[status] = None if schema is None else _error_shapes(model, schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        world: World | None = None
        extra: Mapping[str, str] = {}
        scope["mock_operation"] = self.operation.operation_id
        try:
            headers = dict(scope["headers"])
            world, caller, extra = self._enter(scope, headers)
            scope["mock_world"] = world.name
            raw = await read_body(headers, receive, self._service.conventions.bodies.max_bytes) if self._body is not None else b""
            response = self._respond(scope, headers, raw, world, caller)
        except Refusal as refusal:
            response = self._service.refuse(refusal, self.operation, self._admitted)
        except Disconnected:
            return
        except Exception as error:
            logger.exception("%s: failed", self.operation.label)
            response = self._broken(f"{type(error).__name__}: {error}")
        if extra:
            response = response._replace(headers={**extra, **response.headers})
        await send_response(send, response, self._service.finish(response, world), scope["method"] == "HEAD")

    # --- before the body ---

    def _enter(self, scope: Scope, headers: Mapping[bytes, bytes]) -> tuple[World, int, Mapping[str, str]]:
        service, key = self._service, self._service.key
        entered: tuple[World, int] | None
        if self.operation.caller is not None:
            entered = service.worlds.enter_public()
        elif not self.operation.secured or key is None:
            entered = service.worlds.enter("public")
        else:
            entered = service.worlds.enter(key.sent(headers, scope["query_string"]))
            if entered is None:
                raise Refusal(Category.CREDENTIAL, [Violation(key.place, key.name, "credential", "the credential is missing or unknown")])
            for program in service.program_keys:
                if is_refused(program.sent(headers, scope["query_string"])):
                    raise Refusal(Category.PROGRAM, [Violation(program.place, program.name, "program", "the key of the program is unknown")])
        if entered is None:
            raise Refusal(Category.CREDENTIAL, [Violation("header", "", "credential", "the public world is refused")])
        world, caller = entered
        if service.limit is None or not self.operation.secured:
            return world, caller, {}
        if not service.rate_limits:
            return world, caller, service.limit.full(service.clock.now())
        admitted, told = service.limit.admit(world, caller, service.clock.now())
        if not admitted:
            raise Refusal(Category.RATE, [Violation("header", "", "rate", "too many requests")], headers=told)
        return world, caller, told

    # --- from here on nothing awaits: each request is atomic ---

    def _respond(self, scope: Scope, headers: Mapping[bytes, bytes], raw: bytes, world: World, caller: int) -> Response:
        session = self._service.session(world, caller)
        if self._allowed is not None and not self._allowed(session):
            raise Refusal(Category.FORBIDDEN, [Violation("header", "", "forbidden", "the caller may not do this")])
        media_type, body = "", None
        if self._body is not None:
            media_type, body = self._body.decode(raw, headers.get(b"content-type", b"").decode("latin-1"), scope["query_string"])
        if self.operation.caller is not None:
            session = self._session_of_form(world, body)
        if self._settle is not None:
            self._settle(session)
        path, parents = self._find(scope["path_params"], session)
        query = self._parameters.query(scope["query_string"])
        sent = self._body.check(media_type, body) if self._body is not None else {}
        implied = self._expander.implied(session, query)
        request = session.request = Request(path, query, body, sent, parents, implied, self._parameters.headers(headers))
        snapshot = session.store.snapshot()
        try:
            answer = self._handler(session, request)
            if self._select is not None:
                self._select(request, answer)
            response = self._render(answer, session, base_url(scope, headers))
        except BaseException:
            session.store.restore(snapshot)
            raise
        for kind, told in session.noted:
            session.world.journal.add(kind, session.now, told)
        if session.writes is not None and _CALL not in headers:
            self._service.call_out(session)
        return response

    def _session_of_form(self, public: World, body: Any) -> Session:
        """Return a session of the user whom the body names, in that user's world; else of nobody in the public world."""
        named = body.get(self.operation.caller) if isinstance(body, dict) else None
        entered = self._service.worlds.enter_form(named) if isinstance(named, str) else None
        return self._service.session(*(entered or (public, 0)))

    def _find(self, raw: Mapping[str, str], session: Session) -> tuple[dict[str, Any], dict[str, Record]]:
        values, malformed = self._parameters.path(raw)
        if malformed:
            category = self._service.conventions.malformed_ids[self._service.profile]
            if category is not Category.MISSING_RECORD:
                raise Refusal(category, malformed)
            if not self._records:
                raise Refusal(Category.MALFORMED_ID, malformed)
            raise self._missing(self._records[-1][1].label, self._records[-1][0], 0)
        parents = {}
        for name, resource in self._records:
            record = session.get(resource.name, int(values[name]))
            if record is None or (resource.visible and self._hidden(session, resource.name, record)):
                raise self._missing(resource.label, name, int(values[name]))
            parents[name] = record
        for name, field in self.operation.within.items():
            self._belongs(name, field, parents)
        return values, parents

    def _hidden(self, session: Session, collection: str, record: Record) -> bool:
        return self._service.visibility(session)(collection, record) is Visibility.HIDDEN

    def _belongs(self, parent: str, field: str, parents: Mapping[str, Record]) -> None:
        """Refuse a record of the path that does not belong to the parent beside it."""
        for name, resource in self._records:
            if name == parent or resource.name != self.operation.collection:
                continue
            relation = resource.layout.relations[field]
            collection = dict(self.operation.records)[parent]
            keys = parents[name][field]
            held = parents[parent]["id"] in (keys or ()) if relation.many else keys == parents[parent]["id"]
            if not held or relation.target_of(parents[name]) != collection:
                raise self._missing(resource.label, name, parents[name]["id"])

    def _missing(self, label: str, name: str, key: int) -> Refusal:
        reason = Violation("path", name, "missing", f"no {label} with id {key}", label, name, (("id", key),))
        return Refusal(Category.MISSING_RECORD, [reason], self._missing_statuses[name])

    def _render(self, answer: Answer, session: Session, base: str) -> Response:
        status = answer.status or self._status
        render = self._renders.get(status)
        if render is None:
            return self._bare(status, answer)
        visible, read = self._service.sight(session)
        body = render(View(session, base, answer, visible, read), answer)
        if self._service.validate_responses:
            outline, validator = self._outlines[status]
            shown = outline.of(body)
            if not validator.is_valid(shown):
                raise Refusal(Category.BROKEN_CONTRACT, validator.violations(shown, "body"), 500)
        return Response(status, answer.headers, encode(body))

    def _bare(self, status: int, answer: Answer) -> Response:
        """Return an answer without a rendered body: none at all, a text, or an error that is no violation of the request."""
        if status in self.operation.texts:
            return Response(
                status, {"Content-Type": f"{self.operation.texts[status]}; charset=utf-8", **answer.headers}, answer.values["body"].encode()
            )
        if self._admitted.get(status) is None:
            return Response(status, answer.headers, b"")
        return Response(status, answer.headers, encode(answer.values.get("body", {})))

    def _broken(self, message: str) -> Response:
        return self._service.refuse(Refusal(Category.BROKEN_CONTRACT, [Violation("body", "", "broken", message[:200])], 500))


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, bound: int) -> bytes:
    """Return the body of a request, of at most so many bytes.

    Raises:
        Refusal: it has more.
        Disconnected: it did not arrive.
    """
    length = headers.get(b"content-length", b"")
    if length.isdigit() and (len(length) > 18 or int(length) > bound):
        raise _too_large(bound)
    message = await receive()
    if message["type"] != "http.disconnect" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > bound:
            raise _too_large(bound)
        return body
    chunks, size = [], 0
    while True:
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > bound:
            raise _too_large(bound)
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()


def _too_large(bound: int) -> Refusal:
    return Refusal(Category.TOO_LARGE, [Violation("body", "", "size", f"expected at most {bound} bytes")], headers={"Connection": "close"})


def _error_shapes(model: Model, schema: Mapping[str, Any]) -> list[str]:
    resolved = model.document.resolve(schema)
    if "x-mock-error" in resolved:
        return [resolved["x-mock-error"]]
    return [name for part in resolved.get("anyOf", ()) for name in _error_shapes(model, part)]


def base_url(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    """Return the absolute base URL under which the request reached the API, without a trailing slash."""
    return origin_of(scope, headers) + str(scope["mock_base"])


def origin_of(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    """Return the origin that the client asked for; the server's own where the client's host can stand in no URL."""
    return _origin(scope.get("scheme", "http"), headers.get(b"host", b""), tuple(scope.get("server") or ("localhost", None)))


@lru_cache(maxsize=256)
def _origin(scheme: str, host: bytes, server: tuple[str, int | None]) -> str:
    text = host.decode("latin-1")
    if not _HOST.fullmatch(text):
        name, port = server
        text = name if port is None else f"{name}:{port}"
    return f"{scheme}://{text}"


class Deferred:
    """The pipeline of an operation that is known to compile, compiled when it is first asked.

    Args:
        pipelines: by operationId; the compiled pipeline takes its place there.
    """

    def __init__(self, service: Service, operation: Operation, pipelines: MutableMapping[str, Pipeline | Deferred]) -> None:
        self._service = service
        self.operation = operation
        self._pipelines = pipelines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name = self.operation.operation_id
        pipeline = self._pipelines[name]
        if pipeline is self:
            pipeline = self._pipelines[name] = Pipeline(self._service, self.operation)
        await pipeline(scope, receive, send)


async def send_response(send: Send, response: Response, headers: list[tuple[bytes, bytes]], headless: bool) -> None:
    """Send the response as two ASGI messages; without its body to HEAD."""
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if headless else response.body})
