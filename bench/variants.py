"""The servers that are compared, as ASGI applications (`uvicorn bench.variants:ours`), each built when it is first asked for."""

from __future__ import annotations

import copy
import re
import warnings
from typing import Any

from bench.workloads import BASES, NOW, SECOND, WORKLOADS, answers

warnings.filterwarnings("ignore", module="connexion|starlette")

NAMES = ("bare", "starlette", "ours", "stock")


def _key(scope: Any) -> tuple[str, str]:
    query = scope["query_string"].decode()
    return scope["method"], scope["path"] + (f"?{query}" if query else "")


def _bare() -> Any:
    fixed = answers()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        status, headers, body = fixed[_key(scope)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def _starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    fixed = answers()

    async def endpoint(request: Request) -> Response:
        if request.method == "POST":
            await request.body()
        status, _, body = fixed[_key(request.scope)]
        return Response(body, status, media_type="application/json")

    paths = dict.fromkeys(BASES[one.api] + re.sub(r"[0-9]+(?=\.json$|$)", "{id}", one.path) for one in (*WORKLOADS, *SECOND))
    return Starlette(routes=[Route(path, endpoint, methods=["GET", "POST"]) for path in paths])


def _ours() -> Any:
    from mockserver.app import create_app
    from mockserver.settings import Settings

    return create_app(Settings())


def api_key(apikey: str, required_scopes: Any = None) -> dict[str, str]:
    """Accept any credential: what stock connexion asks of us."""
    return {"sub": apikey}


def _stock() -> Any:
    """Return stock connexion with our document, validating requests and answers; its handlers return ready objects."""
    import connexion
    import orjson
    from connexion.resolver import Resolution, Resolver

    from mockserver.apis import shipped_api
    from mockserver.spec import load_document

    fixed = {key: (status, orjson.loads(body)) for key, (status, _, body) in answers().items()}
    raw = copy.deepcopy(load_document(shipped_api("activecampaign").document, None).raw)
    raw["components"]["securitySchemes"]["ApiToken"]["x-apikeyInfoFunc"] = "bench.variants.api_key"

    async def handler(**_: Any) -> Any:
        from connexion import request

        status, body = fixed[_key(request.scope)]
        return body, status

    class Fixed(Resolver):  # type: ignore[misc]
        def resolve(self, operation: Any) -> Resolution:
            return Resolution(handler, operation.operation_id)

    app = connexion.AsyncApp("mockserver", resolver=Fixed(), validate_responses=True)
    app.add_api(raw, base_path=BASES["activecampaign"])
    return app


_BUILDERS = {"bare": _bare, "starlette": _starlette, "ours": _ours, "stock": _stock}
_BUILT: dict[str, Any] = {}


def build(name: str) -> Any:
    """Return the variant of this name."""
    if name not in _BUILT:
        _BUILT[name] = _BUILDERS[name]()
    return _BUILT[name]


def __getattr__(name: str) -> Any:
    if name in _BUILDERS:
        return build(name)
    raise AttributeError(name)


__all__ = ["NAMES", "NOW", "build"]
