"""The table of APIs by name: document, fixtures, conventions, functions. Does not know what is inside a room."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mockserver.conventions import Conventions
from mockserver.errors import SettingsError
from mockserver.functions import Functions
from mockserver.spec import load_document

SHIPPED = ("activecampaign", "pipelinedeals")
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Api:
    """One API: where its document and fixtures are, and the dialect and functions of its room."""

    name: str
    document: Path
    fixtures: Path
    conventions: Conventions
    functions: Functions


def data_folder(name: str) -> Path:
    """Return the folder `openapi` or `fixtures`: in the installed package, else beside it in a checkout."""
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def load_room(name: str) -> tuple[Conventions, Functions]:
    """Return the conventions and functions of the room that a document's `x-mock-api` names.

    Raises:
        SettingsError: there is no such room.
    """
    if name not in SHIPPED:
        raise SettingsError("unknown API", where="x-mock-api", expected=f"one of {', '.join(SHIPPED)}", found=name)
    room = f"{__name__}.{name}"
    conventions: Conventions = importlib.import_module(f"{room}.conventions").CONVENTIONS
    functions: Functions = importlib.import_module(f"{room}.behaviours").FUNCTIONS
    return conventions, functions


def shipped_api(name: str, fixtures: Path | None = None) -> Api:
    """Return a shipped API, with its own fixtures or those in the API's folder below `fixtures`.

    Raises:
        SettingsError: no API of this name is shipped.
    """
    if name not in SHIPPED:
        raise SettingsError("unknown API", where="serve", expected=f"one of {', '.join(SHIPPED)}, or the path of a document", found=name)
    conventions, functions = load_room(name)
    document = data_folder("openapi") / name / "openapi.yaml"
    bundled = document.with_suffix(".json")
    return Api(name, bundled if bundled.exists() else document, (fixtures or data_folder("fixtures")) / name, conventions, functions)


def find_api(name: str, fixtures: Path | None = None, cache: Path | None = None) -> Api:
    """Return a shipped API by name, or the API of a document by its path.

    Args:
        fixtures: folder with a folder of fixtures per API, in place of the shipped ones.
        cache: folder for bundled documents; None keeps them in memory.

    Raises:
        MockserverError: there is no such API or document.
    """
    if not name.endswith((".yaml", ".yml", ".json")):
        return shipped_api(name, fixtures)
    document = load_document(Path(name), cache)
    return replace(shipped_api(document.raw["x-mock-api"], fixtures), document=Path(name))


def named_apis(names: Sequence[str], fixtures: Path | None = None, cache: Path | None = None) -> list[Api]:
    """Return the APIs with these names, or of the documents at these paths, as `find_api` does; without any name, all that are shipped.

    Raises:
        MockserverError: there is no such API or document.
    """
    return [find_api(name, fixtures, cache) for name in names or SHIPPED]
