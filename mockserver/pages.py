"""What is served beside the operations: the first page, the page to read and try a document, the document, and health. Answers no operation."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
import orjson

from mockserver import __version__
from mockserver.admin import Admin
from mockserver.exchange import Response
from mockserver.operations import Action
from mockserver.pipeline import Service, origin_of
from mockserver.responses import encode

HEALTH = "/_mock/health"
_ADMIN = "/_mock/"
_ASSETS = {"swagger-ui.css": "text/css; charset=utf-8", "swagger-ui-bundle.js": "text/javascript; charset=utf-8", "favicon-32x32.png": "image/png"}
_HTML = "text/html; charset=utf-8"
_TEMPLATES = Path(__file__).resolve().parent / "templates"

Scope = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """One API as pages show it: its service, and the base path under which it is served."""

    service: Service
    base: str

    @property
    def title(self) -> str:
        """The document's title."""
        return str(self.service.model.document.raw["info"]["title"])

    def credential(self) -> str:
        """Return a credential that works: the administrator's of the fixtures, else any."""
        callers, fixtures = self.service.conventions.callers, self.service.worlds.fixtures
        user = fixtures[callers.collection].get(callers.administrator)
        return str((user and user[callers.credential_field]) or "my-tests")

    def curl(self, origin: str) -> str:
        """Return a first request for the shell: the first list that needs no parameter."""
        path = next((one.path for one in self.service.model.operations if one.action is Action.LIST and "{" not in one.path), "/")
        key = self.service.key
        if key is None:
            return f"curl {origin}{self.base}{path}"
        if key.place == "query":
            return f"curl '{origin}{self.base}{path}?{key.name}=my-tests'"
        return f"curl -H '{key.name}: my-tests' {origin}{self.base}{path}"


class Pages:
    """The pages of a server.

    Args:
        health: tells what `/_mock/health` answers.
        admin: answers what else there is under `/_mock/`.
        closed: whether everything else under `/_mock/` asks for the admin token, as it does where other machines can reach the server.
        admin_token: the token; None admits nobody.
    """

    def __init__(
        self, sites: Mapping[str, Site], health: Callable[[], dict[str, Any]], admin: Admin, *, closed: bool = False, admin_token: str | None = None
    ) -> None:
        self._sites = sites
        self._health = health
        self._admin = admin
        self._closed = closed
        self._admin_token = admin_token
        environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined)
        self._template = lru_cache(environment.get_template)

    def beside(self, base: str, below: str, spelled: str) -> Response | None:
        """Return what stands beside the operations of an API, None where nothing does.

        Args:
            base: the API's base path.
            below: the path below it.
            spelled: the base path as the client spelled it.
        """
        site = self._sites[base]
        if below == "/openapi.json":
            return Response(200, {"Content-Type": "application/json"}, _document(site, spelled))
        if below == "/ui":
            return Response(307, {"Location": f"{spelled}/ui/", "Content-Type": _HTML}, b"")
        if below == "/ui/":
            scheme = next(iter(site.service.model.document.raw.get("components", {}).get("securitySchemes", {})), "")
            return self._page("ui.html", title=site.title, credential=site.credential(), scheme=scheme)
        name = below.removeprefix("/ui/")
        return Response(200, {"Content-Type": _ASSETS[name], "Cache-Control": "max-age=3600"}, _asset(name)) if name in _ASSETS else None

    async def own(self, scope: Scope, receive: Any) -> Response:
        """Return the answer of a path that belongs to no API.

        Raises:
            Disconnected: the client left before its body had arrived.
        """
        path, reads = scope["path"], scope["method"] in ("GET", "HEAD")
        if path in (HEALTH, "/") and not reads:
            return _told(405, {"error": "method not allowed"}, {"Allow": "GET, HEAD"})
        if path == HEALTH:
            return _told(200, self._health())
        if path == "/":
            return self._index(origin_of(scope, dict(scope["headers"])))
        if path.startswith(_ADMIN) and self._closed and not self._admitted(scope):
            return _told(403, {"error": "the admin API is closed: start the server with --admin-token and send it as X-Mock-Admin-Token"})
        controlled = await self._admin.answer(scope, receive)
        if controlled is not None:
            return controlled
        return _told(404, {"error": "nothing is served here", "apis": list(self._sites), "health": HEALTH})

    def _admitted(self, scope: Scope) -> bool:
        sent = dict(scope["headers"]).get(b"x-mock-admin-token", b"").decode("latin-1")
        return self._admin_token is not None and sent == self._admin_token

    def _index(self, origin: str) -> Response:
        apis = [
            {
                "title": site.title,
                "base": site.base,
                "url": origin + site.base,
                "operations": len(site.service.model.operations),
                "profile": site.service.profile.value,
                "curl": site.curl(origin),
            }
            for site in self._sites.values()
        ]
        return self._page("index.html", apis=apis, version=__version__, health=HEALTH)

    def _page(self, name: str, **values: Any) -> Response:
        return Response(200, {"Content-Type": _HTML}, self._template(name).render(values).encode())


def _told(status: int, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, {"Content-Type": "application/json", **(headers or {})}, encode(body))


def _document(site: Site, spelled: str) -> bytes:
    return orjson.dumps({**site.service.model.document.raw, "servers": [{"url": spelled}]})


@lru_cache(maxsize=len(_ASSETS))
def _asset(name: str) -> bytes:
    found = importlib.util.find_spec("swagger_ui_bundle")
    folder = Path(found.origin or "").parent if found else Path()
    return next(folder.glob(f"vendor/*/{name}")).read_bytes()
