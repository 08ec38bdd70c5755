"""All wiring: settings → documents, fixtures, worlds, pipelines → one connexion application. Decides nothing."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable, Iterable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
from connexion.apps.abstract import AbstractApp
from connexion.middleware.abstract import ROUTING_CONTEXT, RoutedAPI, RoutedMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.main import API
from connexion.operations import AbstractOperation
from connexion.spec import OpenAPISpecification

from mockserver import __version__
from mockserver.admin import Admin
from mockserver.apis import Api, named_apis
from mockserver.clock import Clock, FrozenClock, SystemClock
from mockserver.errors import DocumentError
from mockserver.extensions import check_extensions
from mockserver.fixtures import load_store
from mockserver.operations import Profile, load_model
from mockserver.outgoing import Outgoing
from mockserver.pages import Pages, Site
from mockserver.pipeline import Deferred, Disconnected, Pipeline, Service, send_response, zone_of
from mockserver.proofs import Proofs
from mockserver.refusals import Category, Refusal
from mockserver.resolver import PipelineResolver
from mockserver.routing import Routing
from mockserver.settings import Settings
from mockserver.spec import METHODS, Document, load_document
from mockserver.validation import escape_pointer
from mockserver.worlds import Bounds, Worlds

Scope = MutableMapping[str, Any]

_GARBAGE_THRESHOLD = 20_000
"""How many more objects made than gone begin a search for garbage; Python's own is 700."""


@dataclass(frozen=True, slots=True)
class Mounted:
    """An API as it is served: under its base path, and under the document's own."""

    service: Service
    pipelines: dict[str, Pipeline | Deferred]
    base: str
    own_base: str
    document: Document


class MockApp(AbstractApp):  # type: ignore[misc]
    """The connexion application of one server.

    Attributes:
        mounted: the APIs that it serves.
        clock: the clock of all of them.
        outgoing: the calls that they make.
        pages: what is served beside the operations.
    """

    def __init__(self, mounted: Iterable[Mounted], clock: Clock, outgoing: Outgoing, settings: Settings) -> None:
        self.mounted = tuple(mounted)
        self.clock = clock
        self.outgoing = outgoing
        admin = Admin({one.service.name: one.service for one in self.mounted})
        sites = {one.base: Site(one.service, one.base) for one in self.mounted}
        self.pages = Pages(sites, self.health, admin, closed=not settings.loopback, admin_token=settings.admin_token)
        self._middleware_app = _Operations(self)
        super().__init__(__name__, middlewares=[Routing, LifespanMiddleware], lifespan=self._lifespan)
        for one in self.mounted:
            self._add_document(one)

    def _add_document(self, mounted: Mounted) -> None:
        """Register a document as connexion's `add_api` does, but validated by a validator that costs milliseconds."""
        options = self.middleware.options.replace(resolver=PipelineResolver(mounted.pipelines))
        specification = _Specification(mounted.document.raw)
        own = {"own_base_path": mounted.own_base, "spelling": mounted.service.conventions.spelling}
        api = API(specification, base_path=mounted.base, name=mounted.service.name, **own, **options.__dict__)
        self.middleware.apis.append(api)

    @asynccontextmanager
    async def _lifespan(self, app: Any) -> AsyncIterator[None]:
        """Spare the search for garbage what is built at start and stays, and search more rarely: requests leave next to no cycles behind."""
        gc.freeze()
        before = gc.get_threshold()
        gc.set_threshold(_GARBAGE_THRESHOLD, *before[1:])
        yield
        self.outgoing.close()
        gc.set_threshold(*before)
        gc.unfreeze()

    def add_error_handler(self, code_or_exception: Any, function: Callable[..., Any]) -> None:
        """Refuse: errors are answered by the pipelines."""
        raise NotImplementedError("errors are answered in the API's own shapes")

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Any = None, **options: Any) -> None:
        """Refuse: what is served stands in the documents."""
        raise NotImplementedError("what is served stands in the documents")

    def service(self, name: str) -> Service:
        """Return the service of the API with this name."""
        return next(one.service for one in self.mounted if one.service.name == name)

    def health(self) -> dict[str, Any]:
        """Return what `/_mock/health` tells."""
        broken = sum(one.service.broken for one in self.mounted)
        return {
            "status": "ok",
            "version": __version__,
            "broken_contract": broken,
            "apis": [
                {
                    "name": one.service.name,
                    "base_path": one.base,
                    "operations": len(one.pipelines),
                    "requests": one.service.requests,
                    "broken_contract": one.service.broken,
                    "worlds": len(one.service.worlds),
                    "worlds_forgotten": one.service.worlds.evicted,
                }
                for one in self.mounted
            ],
        }


class _Specification(OpenAPISpecification):  # type: ignore[misc]
    """connexion's specification of a document, without what only stock stages read.

    Stock validation takes a quarter of a second, the same schema in jsonschema-rs milliseconds. Stock resolution writes a schema out at every place
    that refers to it; our stages read the model instead, so connexion gets what it builds and routes operations by.
    """

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw_spec = raw
        self._base_uri = ""
        self._validate_spec(raw)
        items = {path: {method: item[method] for method in METHODS if method in item} for path, item in raw["paths"].items()}
        routed: dict[str, dict[str, Any]] = {
            path: {method: {"operationId": operation["operationId"], "responses": {}} for method, operation in item.items()}
            for path, item in items.items()
        }
        for path, item in raw["paths"].items():
            routed[path] |= {"servers": item["servers"]} if "servers" in item else {}
        self._spec = {"openapi": raw["openapi"], "info": raw["info"], "paths": routed, "components": {}}

    @classmethod
    def _validate_spec(cls, spec: dict[str, Any]) -> None:
        for error in jsonschema_rs.Draft4Validator(cls.openapi_schema).iter_errors(spec):
            pointer = "".join(f"/{escape_pointer(str(part))}" for part in error.instance_path)
            raise DocumentError(
                "no OpenAPI 3.0 document", where=f"#{pointer}", expected="what the OpenAPI specification allows", found=error.message[:200]
            )


class _Api(RoutedAPI[Any]):  # type: ignore[misc]
    """One document's operations, each resolved to its pipeline."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        for known in ("name", "own_base_path", "spelling"):
            kwargs.pop(known, None)
        super().__init__(*args, **kwargs)
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> Any:
        """Return the pipeline that answers the operation."""
        return operation.function


class _Operations(RoutedMiddleware[_Api]):  # type: ignore[misc]
    """The innermost application: dispatches routed requests, refuses the others, and serves what is not in a document."""

    api_cls = _Api

    def __init__(self, app: MockApp) -> None:
        super().__init__(self)
        self._mock = app
        self._by_base = {one.base: one for one in app.mounted}

    def add_api(self, specification: Any, **kwargs: Any) -> _Api:
        """Build the operations of a document."""
        known = {key: kwargs[key] for key in ("base_path", "resolver", "name", "own_base_path", "spelling") if key in kwargs}
        api: _Api = super().add_api(specification, **known)
        return api

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        context = scope["extensions"][ROUTING_CONTEXT]
        operation_id = context["operation_id"]
        if operation_id is not None:
            await self._by_base[context["api_base_path"]].pipelines[operation_id](scope, receive, send)
        elif context["api_base_path"] is not None:
            await self._beside(self._by_base[context["api_base_path"]], scope, send)
        else:
            await self._own(scope, receive, send)

    async def _beside(self, mounted: Mounted, scope: Scope, send: Any) -> None:
        """Answer a path or method below a base path that is no operation: a page, or a refusal."""
        refusal: Refusal = scope["mock_refusal"]
        spelled = scope["mock_base"]
        page = None
        if refusal.category is Category.UNKNOWN_PATH and scope["method"] in ("GET", "HEAD"):
            page = self._mock.pages.beside(mounted.base, scope["path"][len(spelled) :], spelled)
        response = page or mounted.service.refuse(refusal)
        await send_response(send, response, mounted.service.finish(response, None), scope["method"] == "HEAD")

    async def _own(self, scope: Scope, receive: Any, send: Any) -> None:
        try:
            response = await self._mock.pages.own(scope, receive)
        except Disconnected:
            return
        told = {**response.headers} if response.status == 204 else {**response.headers, "Content-Length": str(len(response.body))}
        await send_response(send, response, [(key.lower().encode(), value.encode()) for key, value in told.items()], scope["method"] == "HEAD")


def create_app(settings: Settings, apis: Iterable[Api] | None = None) -> MockApp:
    """Return the application that serves these APIs.

    Args:
        apis: ready APIs, in place of those that the settings name.

    Raises:
        SettingsError, DocumentError, FixtureError: something cannot be served; one clear message.
    """
    clock: Clock = SystemClock() if settings.clock is None else FrozenClock(settings.clock)
    chosen = list(apis) if apis is not None else named_apis(settings.apis, settings.fixtures, settings.cache)
    outgoing = Outgoing(clock, anywhere=settings.allow_outgoing)
    return MockApp([_mount(api, settings, clock, outgoing) for api in chosen], clock, outgoing, settings)


def _mount(api: Api, settings: Settings, clock: Clock, outgoing: Outgoing) -> Mounted:
    document = load_document(api.document, settings.cache)
    proofs = Proofs(settings.cache)
    proven = proofs.holds(document.raw)
    if not proven:
        check_extensions(document.raw, document.source)
    model = load_model(document, api.functions)
    store = load_store(api.fixtures, model.resources, clock.now(), zone_of(api.conventions.zones.default))
    callers = api.conventions.callers
    if callers.collection not in model.resources:
        raise DocumentError("no collection of callers", where=document.source, expected=callers.collection, found=", ".join(model.resources))
    watched = [resource.name for resource in model.resources.values() if resource.event]
    if watched and api.conventions.calls is None:
        raise DocumentError("events of an API that makes no calls", where=document.source, expected="`calls` in its conventions", found=watched[0])
    bounds = Bounds(settings.max_worlds, settings.idle_seconds)
    worlds = Worlds(store, callers, bounds, strict=settings.strict_credentials, seed=settings.seed)
    service = Service(
        api.name,
        model,
        api.conventions,
        api.functions,
        worlds,
        clock,
        profile=Profile(settings.profile),
        rate_limits=settings.rate_limits,
        validate_responses=settings.validate_responses,
        seed=settings.seed,
        outgoing=outgoing,
    )
    pipelines: dict[str, Pipeline | Deferred] = {}
    for operation in model.operations:
        pipelines[operation.operation_id] = Deferred(service, operation, pipelines) if proven else Pipeline(service, operation)
    if not proven:
        service.validators.prove(document.source)
        proofs.keep(document.raw)
    own_base = _own_base(document)
    return Mounted(service, pipelines, f"/{api.name}{own_base}", own_base, document)


def _own_base(document: Document) -> str:
    servers = document.raw.get("servers") or [{}]
    url = str(servers[0].get("url", ""))
    if not url.startswith("/") or url.endswith("/"):
        raise DocumentError(
            "a document without a relative server", where=f"{document.source}#/servers/0/url", expected="a path such as /api/3", found=url
        )
    return url
