"""Bundles each API's documents into one JSON file for the wheel, so that an installed server reads no YAML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `mockserver/data/openapi/<api>/openapi.json`, and `admin.json` beside the folders, to the wheel; an editable install reads the YAML."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle every API below `openapi/`."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, self.root)
        from mockserver.bundle import load_bundle

        for document in [*sorted(root.glob("openapi/*/openapi.yaml")), root / "openapi" / "admin.yaml"]:
            name = document.relative_to(root / "openapi").with_suffix(".json")
            bundled = Path(self.directory) / "bundles" / name
            bundled.parent.mkdir(parents=True, exist_ok=True)
            bundled.write_bytes(orjson.dumps(load_bundle(document, None)))
            build_data["force_include"][str(bundled)] = f"mockserver/data/openapi/{name.as_posix()}"
