"""What a document says in which it differs from what schemathesis' stock checks take for granted. Reads nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.spec import Document

STOCK = (401, 403)
"""What schemathesis' `ignored_auth` takes for a refusal."""


def refused_statuses(document: Document) -> tuple[int, ...]:
    """Return the statuses that refuse a missing or unknown credential: the one that the first key names by `x-mock-refused`, else 401 and 403."""
    schemes = document.raw.get("components", {}).get("securitySchemes", {}).values()
    said = next((scheme.get("x-mock-refused") for scheme in schemes if scheme.get("type") == "apiKey"), None)
    return STOCK if said is None else (said,)


def remaining_paths(document: Document) -> dict[str, Mapping[str, Any]]:
    """Return the paths of operations that delete records which may go on being shown, each with the values that such a record has then."""
    return {place.path: place.operation["x-mock-remains"] for place in document.iter_operations() if "x-mock-remains" in place.operation}
