"""The shipped APIs as targets: their documents, and mocks of them in this process, each fresh."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from mockserver.app import create_app
from mockserver.contract.config import load_shipped
from mockserver.contract.targets import ASGIApp, Target, in_process
from mockserver.settings import Settings
from mockserver.spec import Document
from tests.bundles import CACHE

NOW = datetime(2024, 3, 25, 15, 0, tzinfo=UTC)
CREDENTIAL = "contract"


@cache
def shipped_document(api: str) -> Document:
    return load_shipped(api, CACHE)


def fresh_app(api: str, profile: str = "documented") -> ASGIApp:
    app: ASGIApp = create_app(Settings(apis=(api,), profile=profile, clock=NOW, cache=CACHE))
    return app


def fresh_target(api: str, *, profile: str = "documented", writes: bool = True) -> Target:
    return in_process(shipped_document(api), fresh_app(api, profile), CREDENTIAL, writes=writes)
