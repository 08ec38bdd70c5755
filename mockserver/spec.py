"""One loaded document, with references resolved on demand. Knows nothing of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.bundle import load_bundle
from mockserver.errors import DocumentError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Place(NamedTuple):
    """An operation as it stands in the document."""

    method: str
    path: str
    operation: Mapping[str, Any]
    parameters: list[Mapping[str, Any]]

    @property
    def label(self) -> str:
        """The operation's label: `GET /deals/{id}`."""
        return f"{self.method.upper()} {self.path}"


class Document:
    """A bundled OpenAPI document."""

    def __init__(self, raw: dict[str, Any], source: str) -> None:
        self.raw = raw
        self.source = source
        self._found: dict[str, Mapping[str, Any]] = {}
        version = raw.get("openapi")
        if not isinstance(version, str) or not version.startswith("3.0."):
            raise DocumentError("unsupported document", where=source, expected="openapi: 3.0.x", found=f"openapi: {version}")
        if not isinstance(raw.get("x-mock-api"), str):
            raise DocumentError("the document names no API", where=source, expected="x-mock-api at the root", found="none")

    @property
    def schemas(self) -> Mapping[str, Mapping[str, Any]]:
        """The component schemas by name."""
        schemas: Mapping[str, Mapping[str, Any]] = self.raw.get("components", {}).get("schemas", {})
        return schemas

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the node that a reference leads to, with the keywords that stand beside it; other nodes as they are."""
        beside: dict[str, Any] = {}
        while "$ref" in node:
            beside = {**{key: value for key, value in node.items() if key != "$ref"}, **beside}
            node = self._at(node["$ref"])
        return {**node, **beside} if beside else node

    def component(self, node: Mapping[str, Any]) -> str | None:
        """Return the name of the component schema that a reference leads to, None for anything else."""
        reference: str = node.get("$ref", "")
        name = reference.removeprefix("#/components/schemas/")
        return name if name != reference and "/" not in name else None

    def iter_operations(self) -> Iterator[Place]:
        """Yield every operation, with the parameters of its path item and its own, resolved."""
        for path, item in self.raw.get("paths", {}).items():
            shared = [self.resolve(parameter) for parameter in item.get("parameters", ())]
            for method in METHODS:
                if method in item:
                    own = [self.resolve(parameter) for parameter in item[method].get("parameters", ())]
                    names = {(parameter["name"], parameter["in"]) for parameter in own}
                    yield Place(method, path, item[method], [one for one in shared if (one["name"], one["in"]) not in names] + own)

    def _at(self, reference: str) -> Mapping[str, Any]:
        found = self._found.get(reference)
        if found is None:
            found = self._found[reference] = self._look_up(reference)
        return found

    def _look_up(self, reference: str) -> Mapping[str, Any]:
        node: Any = self.raw
        for part in reference.removeprefix("#/").split("/"):
            try:
                node = node[part.replace("~1", "/").replace("~0", "~")]
            except (KeyError, TypeError):
                raise DocumentError("a reference leads nowhere", where=self.source, expected="something to stand there", found=reference) from None
        if not isinstance(node, Mapping):
            raise DocumentError("a reference does not lead to an object", where=self.source, expected="an object", found=reference)
        return node


def load_document(root: Path, cache: Path | None) -> Document:
    """Return the document whose root file this is, bundled.

    Raises:
        DocumentError: a file is missing or broken, or the document is no OpenAPI 3.0 document of ours.
    """
    return Document(load_bundle(root, cache), str(root))
