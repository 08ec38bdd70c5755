"""The harbour API: document, fixtures, conventions and functions of an API that the engine has never heard of."""

from __future__ import annotations

from pathlib import Path

from mockserver.apis import Api
from tests.tiny_api.behaviours import FUNCTIONS
from tests.tiny_api.conventions import CONVENTIONS

HERE = Path(__file__).resolve().parent
HARBOUR = Api("harbour", HERE / "openapi.yaml", HERE / "fixtures", CONVENTIONS, FUNCTIONS)
