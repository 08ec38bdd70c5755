"""The control interface below `/_mock/`, as `openapi/admin.yaml` describes it: automations and journals of worlds. Does not judge who may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import orjson

from mockserver.apis import data_folder
from mockserver.automations import Action, Automation
from mockserver.bundle import build_bundle, load_bundle
from mockserver.conventions import Bodies
from mockserver.exchange import Response
from mockserver.pipeline import Service, read_body
from mockserver.refusals import Refusal, Violation
from mockserver.validation import Validators
from mockserver.worlds import World

Scope = MutableMapping[str, Any]

_DOCUMENT = "/_mock/openapi.json"
_MAX_BYTES = Bodies().max_bytes
_MAX_PARAMETERS = 100


class _Asked(NamedTuple):
    """A readable request: the API, the world, further parameters, and the decoded body."""

    service: Service
    world: World
    query: Mapping[str, str]
    body: Any


class _No(Exception):
    """A request that is answered with an error, and the reasons where there are several."""

    def __init__(self, status: int, error: str, violations: Sequence[Violation] = ()) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.violations = violations


class Admin:
    """What is answered below `/_mock/`, but for health.

    Args:
        services: the APIs that are served, by name.
    """

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document of this interface."""
        bundled = data_folder("openapi") / "admin.json"
        if bundled.exists():
            return load_bundle(bundled, None)
        source = bundled.with_suffix(".yaml")
        return build_bundle({source.name: source.read_bytes()}, source.name)

    @cached_property
    def _validators(self) -> Validators:
        return Validators(self.document["components"]["schemas"])

    async def answer(self, scope: Scope, receive: Any) -> Response | None:
        """Return the answer to a request, None for a path where nothing is.

        Raises:
            Disconnected: the client left before its body had arrived.
        """
        path, method = scope["path"], "GET" if scope["method"] == "HEAD" else scope["method"]
        functions = _OPERATIONS.get(path)
        if functions is None and path != _DOCUMENT:
            return None
        methods = {"GET"} if functions is None else set(functions)
        if method not in methods:
            return _told(405, {"error": "method not allowed"}, {"Allow": ", ".join(sorted(methods | {"HEAD"}))})
        if functions is None:
            return _told(200, self.document)
        try:
            return functions[method](self, self._asked(path, method, scope["query_string"], await _read(scope, receive)))
        except _No as no:
            violations = [{"in": one.place, "pointer": one.pointer, "code": one.code, "message": one.message} for one in no.violations]
            return _told(no.status, {"error": no.error, **({"violations": violations} if violations else {})})

    # --- what is asked ---

    def _asked(self, path: str, method: str, query_string: bytes, raw: bytes) -> _Asked:
        item = self.document["paths"][path]
        parameters = [*item.get("parameters", ()), *item[method.lower()].get("parameters", ())]
        query = self._query(query_string, parameters)
        service = self._services.get(query["api"])
        if service is None:
            raise _No(404, f"no API of this name is served; served are {', '.join(self._services)}")
        entered = service.worlds.enter(query["world"])
        if entered is None:
            raise _refused([Violation("query", "world", "credential", "names no world: a client that sends this as its credential is refused")])
        body = self._body(raw, item[method.lower()]["requestBody"]) if method == "PUT" else None
        return _Asked(service, entered[0], query, body)

    def _query(self, query_string: bytes, parameters: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        try:
            query = dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=_MAX_PARAMETERS))
        except ValueError:
            raise _refused([Violation("query", "", "maxItems", f"expected at most {_MAX_PARAMETERS} parameters")]) from None
        violations = list(self._parameter_violations(query, {one["name"]: one for one in parameters}))
        if violations:
            raise _refused(violations)
        return query

    def _parameter_violations(self, query: Mapping[str, str], parameters: Mapping[str, Mapping[str, Any]]) -> Iterator[Violation]:
        for name in query:
            if name not in parameters:
                yield Violation("query", name[:80], "unknown", f"expected one of {', '.join(parameters)}")
        for name, parameter in parameters.items():
            if name in query:
                found = self._validators.compile(parameter["schema"]).violations(query[name], "query")
                yield from (one._replace(pointer=name) for one in found)
            elif parameter.get("required"):
                yield Violation("query", name, "required", f"{name} is required")

    def _body(self, raw: bytes, declared: Mapping[str, Any]) -> Any:
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise _No(400, f"the body is no JSON: {error}"[:200]) from None
        validator = self._validators.compile(declared["content"]["application/json"]["schema"])
        violations = [] if validator.is_valid(body) else validator.violations(body, "body")
        if violations:
            raise _refused(violations)
        return body

    # --- what is answered ---

    def _list_automations(self, asked: _Asked) -> Response:
        return _told(200, [_shown(one) for one in asked.world.automations])

    def _put_automations(self, asked: _Asked) -> Response:
        if asked.service.conventions.calls is None:
            raise _refused([Violation("query", "api", "no-calls", f"{asked.service.name} makes no calls when records change")])
        models = {one.event for one in asked.service.model.resources.values() if one.event}
        violations = [violation for at, one in enumerate(asked.body) for violation in _iter_flaws(at, one, models)]
        if violations:
            raise _refused(violations)
        asked.world.automations = tuple(Automation(**{**one, "action": Action(one["action"])}) for one in asked.body)
        return self._list_automations(asked)

    def _get_journal(self, asked: _Asked) -> Response:
        journal = asked.world.journal
        return _told(200, {"entries": journal.entries(asked.query.get("kind")), "forgotten": journal.forgotten})

    def _empty_journal(self, asked: _Asked) -> Response:
        asked.world.journal.clear()
        return Response(204, {}, b"")


_OPERATIONS: dict[str, dict[str, Callable[[Admin, _Asked], Response]]] = {
    "/_mock/automations": {"GET": Admin._list_automations, "PUT": Admin._put_automations},
    "/_mock/journal": {"GET": Admin._get_journal, "DELETE": Admin._empty_journal},
}


async def _read(scope: Scope, receive: Any) -> bytes:
    try:
        return await read_body(dict(scope["headers"]), receive, _MAX_BYTES)
    except Refusal:
        raise _No(413, f"the body is too large: expected at most {_MAX_BYTES} bytes") from None


def _iter_flaws(at: int, automation: Mapping[str, Any], models: set[str]) -> Iterator[Violation]:
    """Yield what the schema cannot say against an automation."""
    if automation["model"] not in models:
        yield Violation("body", f"/{at}/model", "enum", f"expected one of {', '.join(sorted(models))}")
    try:
        url = urlsplit(automation["url"])
        usable = bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        yield Violation("body", f"/{at}/url", "format", "expected a URL with a host, and a port between 1 and 65535 if any")


def _shown(automation: Automation) -> dict[str, Any]:
    shown = {name: getattr(automation, name) for name in ("name", "model", "action", "url", "failure_email", "enabled")}
    return {**shown, "action": automation.action.value}


def _refused(violations: Sequence[Violation]) -> _No:
    first = violations[0]
    more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
    return _No(422, f"{first.place} {first.pointer}: {first.message}{more}", violations)


def _told(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, {"Content-Type": "application/json", **(headers or {})}, orjson.dumps(body, default=str))
