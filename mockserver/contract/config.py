"""The rules of documents → `schemathesis.toml`, which tells stock schemathesis which refusals of valid requests are meant. Runs nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import schemathesis

from mockserver.contract.documents import STOCK, refused_statuses, remaining_paths
from mockserver.errors import SettingsError
from mockserver.spec import Document, load_document

_PACKAGE = Path(__file__).resolve().parent.parent
_HEADER = "# Made from the documents by `python -m mockserver.contract.config {names}`; a test holds that it is current."


def schemathesis_config(documents: Iterable[Document]) -> str:
    """Return the text of a `schemathesis.toml` with a project for each document.

    A project has every check on. The only exceptions: the statuses of an operation's `x-mock-rules`, with which a valid request may be refused;
    `ignored_auth` where the document refuses a credential with another status than the check knows; `use_after_free` of operations that read
    what a delete leaves to be read (`x-mock-remains`).
    `with-security-parameters` is off: a negative case that only lacks the key would get it back from the configuration, and be valid.
    """
    known = list(documents)
    header = _HEADER.format(names=" ".join(document.raw["x-mock-api"] for document in known))
    return "\n".join([header, *(line for document in known for line in _project(document))]) + "\n"


def expected_statuses(rules: Iterable[int]) -> list[str]:
    """Return the statuses that a valid request may be answered with: schemathesis' defaults, and those of the rules."""
    defaults = [*schemathesis.Config().projects.default.checks.positive_data_acceptance.expected_statuses]
    return [*defaults, *(str(status) for status in sorted(set(rules)) if str(status) not in defaults)]


def _project(document: Document) -> Iterator[str]:
    yield from ("", "[[project]]", f"title = {json.dumps(document.raw['info']['title'])}")
    yield from ("", "[project.checks]", "enabled = true")
    refused = refused_statuses(document)
    if not {*refused} & {*STOCK}:
        yield from (f"# it knows {' and '.join(map(str, STOCK))} only; here it is {', '.join(map(str, refused))}", "ignored_auth.enabled = false")
    yield from ("", "[project.generation]", "with-security-parameters = false")
    remaining = remaining_paths(document)
    for place in document.iter_operations():
        rules = place.operation.get("x-mock-rules", {})
        reads = place.path in remaining and place.method == "get"
        if not rules and not reads:
            continue
        told = ", ".join([*rules, *(["what is deleted may remain"] if reads else [])])
        yield from ("", f"# {told}", "[[project.operations]]", f"include-operation-id = {json.dumps(place.operation['operationId'])}")
        if rules:
            yield f"checks.positive_data_acceptance.expected-statuses = {json.dumps(expected_statuses(rules.values()))}"
        if reads:
            yield "checks.use_after_free.enabled = false"


def load_shipped(name: str, cache: Path | None = None) -> Document:
    """Return the document of a shipped API by its name, or of a file by its path.

    Raises:
        SettingsError: there is no such document.
    """
    if name.endswith((".yaml", ".yml", ".json")):
        return load_document(Path(name), cache)
    installed = _PACKAGE / "data" / "openapi"
    folder = (installed if installed.is_dir() else _PACKAGE.parent / "openapi") / name
    for root in (folder / "openapi.json", folder / "openapi.yaml"):
        if root.is_file():
            return load_document(root, cache)
    raise SettingsError("unknown API", where="contract", expected="the name of a shipped API, or the path of a document", found=name)


def main(arguments: Sequence[str]) -> None:
    """Print the configuration for the named documents."""
    sys.stdout.write(schemathesis_config(load_shipped(name) for name in arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
