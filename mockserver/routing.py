"""Path → operation, in a tree of segments, for all methods at once; complete `Allow`; other spellings of a base path. Does not know what answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from connexion.spec import Specification

from mockserver.conventions import Spelling
from mockserver.refusals import Category, Refusal, Violation
from mockserver.spec import METHODS

Scope = MutableMapping[str, Any]
ASGIApp = Callable[[Scope, Any, Any], Any]


Operations = Mapping[str, tuple[str, tuple[str, ...]]]
"""At one path: method -> operationId, and the names of the path's parameters in their order."""

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_SLASHES = re.compile(r"//+")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_AS_DECLARED = Spelling()


@dataclass(slots=True)
class _Node:
    fixed: dict[str, _Node] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], _Node]] = field(default_factory=list)
    whole: _Node | None = None
    operations: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def under(self, literals: list[str]) -> _Node:
        """Return the node below a segment with parameters between these literals, made if need be: `["", ".json"]` for `{id}.json`."""
        if literals == ["", ""]:
            self.whole = self.whole or _Node()
            return self.whole
        pattern = compile_segment(literals)
        for known, node in self.patterns:
            if known.pattern == pattern.pattern:
                return node
        node = _Node()
        self.patterns.append((pattern, node))
        self.patterns.sort(key=lambda one: len(one[0].pattern), reverse=True)
        return node


def compile_segment(literals: list[str]) -> re.Pattern[str]:
    """Return the pattern of a segment with parameters between these literals: its groups are their values; it takes linear time.

    `["", ".json"]` for `{id}.json`; of several parameters each takes as little as it can, the last one all that is left.
    """
    *first, last = literals[1:]
    return re.compile(re.escape(literals[0]) + "".join(f"(?>(.*?){re.escape(one)})" for one in first) + f"(.*){re.escape(last)}", re.DOTALL)


class Router:
    """The paths of one document.

    A fixed segment goes before one with a parameter and more (`{id}.json`), the longest of these first, and that before a parameter alone.
    An empty segment is a parameter's empty value, unless slashes do not count. Escapes of plain letters are those letters.
    """

    def __init__(self, spelling: Spelling = _AS_DECLARED) -> None:
        self._root = _Node()
        self._spelling = spelling

    def add(self, method: str, path: str, operation_id: str) -> None:
        """Add an operation under its path template."""
        node, names = self._root, []
        for segment in path.strip("/").split("/") if path != "/" else []:
            literals, found = _PARAMETER.split(segment)[::2], _PARAMETER.findall(segment)
            names += found
            node = node.under(literals) if found else node.fixed.setdefault(segment, _Node())
        node.operations[method.upper()] = (operation_id, tuple(names))

    def find(self, path: str) -> tuple[Operations, list[str]] | None:
        """Return the operations at a path by method, and the raw values of its parameters; None for an unknown path."""
        if "%" in path:
            path = _ESCAPED.sub(_unescaped, path)
        if self._spelling.slashes and ("//" in path or path.endswith("/")):
            path = _SLASHES.sub("/", path).rstrip("/") or "/"
        found = self._find(path)
        return self._find(path + self._spelling.suffix) if found is None and self._spelling.suffix else found

    def _find(self, path: str) -> tuple[Operations, list[str]] | None:
        segments = path[1:].split("/") if path not in ("", "/") else []
        return self._walk(self._root, segments, 0, [])

    def _walk(self, node: _Node, segments: list[str], at: int, values: list[str]) -> tuple[Operations, list[str]] | None:
        if at == len(segments):
            return (node.operations, values) if node.operations else None
        segment = segments[at]
        below = node.fixed.get(segment)
        found = None if below is None else self._walk(below, segments, at + 1, values)
        if found is None:
            for pattern, below in node.patterns:
                match = pattern.fullmatch(segment)
                found = match and self._walk(below, segments, at + 1, [*values, *match.groups()])
                if found is not None:
                    return found
        if found is None and node.whole is not None:
            return self._walk(node.whole, segments, at + 1, [*values, segment])
        return found


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0]


def allowed_methods(methods: Mapping[str, Any]) -> str:
    """Return the `Allow` header for these methods: HEAD goes with GET."""
    names = set(methods) | ({"HEAD"} if "GET" in methods else set())
    return ", ".join(sorted(names))


@dataclass(slots=True)
class _Mount:
    base: str
    router: Router


class Routing(SpecMiddleware):  # type: ignore[misc]
    """connexion's routing stage, with a tree per API.

    Sets `path_params`, the routing context that connexion's stages look for, and `mock_base`, the base path as the client spelled it.
    Unknown paths and methods are handed on as refusals under `mock_refusal`, for the API below whose base path they are.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._mounts: dict[str, _Mount] = {}
        self._aliases: dict[str, _Mount] = {}
        self._outside: dict[str, _Mount] = {}

    def add_api(self, specification: Specification, **kwargs: Any) -> None:
        """Add the paths of a document under its base path, and under the base path that the document itself names.

        A path with a server of its own is found there too: beside the base path as that server stands beside the document's.
        """
        base, own = kwargs["base_path"], kwargs.get("own_base_path") or ""
        spelling = kwargs.get("spelling", _AS_DECLARED)
        mount = self._mounts[base] = _Mount(base, Router(spelling))
        if own and own not in self._mounts:
            self._aliases.setdefault(own, mount)
        for path, item in specification["paths"].items():
            operations = {method: item[method]["operationId"] for method in METHODS if method in item}
            elsewhere = [server["url"].rstrip("/") for server in item.get("servers", ())]
            outside = [
                self._outside.setdefault(root + url, _Mount(base, Router(spelling))) for url in elsewhere for root in (base.removesuffix(own), "")
            ]
            for method, operation_id in operations.items():
                for one in (mount, *outside):
                    one.router.add(method, path, operation_id)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Find the operation of a request and hand it on."""
        if scope["type"] == "http":
            self._route(scope)
        await self.app(scope, receive, send)

    def _route(self, scope: Scope) -> None:
        raw = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
        path = raw.decode("latin-1").partition("?")[0]
        found = self._mount_of(path) or self._outside_of(path)
        context: dict[str, Any] = {"api_base_path": None, "operation_id": None}
        scope.setdefault("extensions", {})[ROUTING_CONTEXT] = context
        if found is None:
            return
        spelled, mount, below = found
        context["api_base_path"] = mount.base
        scope["mock_base"] = spelled
        match = mount.router.find(below)
        if match is None:
            scope["mock_refusal"] = Refusal(Category.UNKNOWN_PATH, [Violation("path", "", "unknown-path", f"no operation at {unquote(below)[:120]}")])
            return
        operations, values = match
        method = scope["method"]
        operation = operations.get("GET" if method == "HEAD" and "HEAD" not in operations else method)
        if operation is None:
            allow = allowed_methods(operations)
            reason = Violation("path", "", "method", f"expected one of {allow}")
            scope["mock_refusal"] = Refusal(Category.METHOD, [reason], headers={"Allow": allow})
            return
        context["operation_id"], names = operation
        scope["path_params"] = {name: unquote(value, errors="replace") for name, value in zip(names, values, strict=True)}

    def _mount_of(self, path: str) -> tuple[str, _Mount, str] | None:
        """Return the base path as it is spelled, what is mounted there, and the path below it; None where no base path begins the path."""
        for mounts in (self._mounts, self._aliases):
            for base, mount in mounts.items():
                if path.startswith(base) and (len(path) == len(base) or path[len(base)] == "/"):
                    return base, mount, path[len(base) :]
        return None

    def _outside_of(self, path: str) -> tuple[str, _Mount, str] | None:
        """Return the same of a path outside all base paths that has a server of its own."""
        for base, mount in self._outside.items():
            if path.startswith(base) and mount.router.find(path[len(base) :]) is not None:
                return mount.base, mount, path[len(base) :]
        return None
