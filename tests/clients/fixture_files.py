"""What the shipped fixtures hold, to count against what a client read."""

from __future__ import annotations

import json
from typing import Any

from tests.clients.environments import ROOT


def records(collection: str) -> list[dict[str, Any]]:
    """Return the records of a collection, in their stored form."""
    found: list[dict[str, Any]] = json.loads((ROOT / "fixtures" / "activecampaign" / f"{collection}.json").read_text("utf-8"))
    return found


def ids(collection: str) -> set[int]:
    """Return the ids of a collection."""
    return {int(record["id"]) for record in records(collection)}
