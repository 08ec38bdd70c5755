"""The document holds every operation, parameter and status of the list that it was written to cover, and the refusals that every operation shares."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mockserver.bundle import load_bundle

HERE = Path(__file__).resolve()
LISTED: list[dict[str, Any]] = json.loads((HERE.parents[2] / "data" / "activecampaign-operations.json").read_text())
LABELS = {f"{one['method']} {one['path']}": one for one in LISTED}
METHODS = ("get", "put", "post", "delete", "patch")
TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})

SLIPS = {"exclude=email": "exclude", "Fitlers[due_before]": "filters[due_before]"}
"""Names that the list misspells, and the parameter that takes them as an alias."""

Node = Mapping[str, Any]


class Operations:
    """The operations of a bundled document by label, with references followed."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self.by_label = {f"{method.upper()} {path}": item[method] for path, item in document["paths"].items() for method in METHODS if method in item}

    def parameters(self, label: str) -> list[Node]:
        path_item = self._document["paths"][label.partition(" ")[2]]
        return [self.resolve(one) for one in (*path_item.get("parameters", ()), *self.by_label[label].get("parameters", ()))]

    def resolve(self, node: Node) -> Node:
        while "$ref" in node:
            target: Any = self._document
            for token in node["$ref"].split("/")[1:]:
                target = target[token.replace("~1", "/").replace("~0", "~")]
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def accepted_types(self, schema: Node) -> frozenset[str]:
        schema = self.resolve(schema)
        accepted = frozenset({schema["type"]}) if "type" in schema else TYPES
        if "number" in accepted:
            accepted |= {"integer"}
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                accepted &= frozenset[str]().union(*(self.accepted_types(part) for part in schema[keyword]))
        for part in schema.get("allOf", ()):
            accepted &= self.accepted_types(part)
        return accepted


@pytest.fixture(scope="module")
def operations() -> Operations:
    return Operations(load_bundle(HERE.parents[3] / "openapi" / "activecampaign" / "openapi.yaml", None))


def test_the_list_is_whole() -> None:
    assert len(LABELS) == len(LISTED) == 50
    assert sum(len(one["params"]) for one in LISTED) == 83
    assert sum(len(one["statuses"]) for one in LISTED) == 94


@pytest.mark.parametrize("label", LABELS)
def test_every_listed_operation_is_declared(operations: Operations, label: str) -> None:
    assert label in operations.by_label
    assert ("requestBody" in operations.by_label[label]) is (LABELS[label]["body"] is not None)


@pytest.mark.parametrize("label", LABELS)
def test_every_listed_status_is_declared(operations: Operations, label: str) -> None:
    listed = [str(status) for status in LABELS[label]["statuses"]]
    assert [status for status in listed if status not in operations.by_label[label]["responses"]] == []


@pytest.mark.parametrize(
    ("label", "listed"), [pytest.param(label, one, id=f"{label} {one['name']}") for label in LABELS for one in LABELS[label]["params"]]
)
def test_every_listed_parameter_is_declared(operations: Operations, label: str, listed: dict[str, Any]) -> None:
    name = SLIPS.get(listed["name"], listed["name"])
    declared = [one for one in operations.parameters(label) if (one["name"], one["in"]) == (name, listed["in"])]
    assert len(declared) == 1
    assert declared[0].get("required", False) is listed["required"]
    assert listed["type"] in operations.accepted_types(declared[0]["schema"])
    if name != listed["name"]:
        assert listed["name"] in declared[0]["x-mock-alias"]


def iter_missing_refusals(operations: Operations, label: str) -> Iterator[str]:
    operation = operations.by_label[label]
    wanted = ["400", "403", "429"]
    if any(one["in"] == "path" and "x-mock-no-effect" not in one for one in operations.parameters(label)):
        wanted += ["404"]
    if "requestBody" in operation:
        wanted += ["413", "415"]
    yield from (f"{label}: {status}" for status in wanted if status not in operation["responses"])


def test_every_operation_declares_the_refusals_that_all_share(operations: Operations) -> None:
    assert [missing for label in operations.by_label for missing in iter_missing_refusals(operations, label)] == []


def test_no_operation_declares_a_default_status(operations: Operations) -> None:
    assert [label for label, one in operations.by_label.items() if not all(status.isdecimal() for status in one["responses"])] == []


def test_an_unlisted_422_has_its_source(operations: Operations) -> None:
    silent = [
        label
        for label, one in operations.by_label.items()
        if "422" in one["responses"]
        and 422 not in LABELS.get(label, {"statuses": ()})["statuses"]
        and not one.get("x-mock-source")
        and not operations.resolve(one["responses"]["422"]).get("x-mock-source")
    ]
    assert silent == []
