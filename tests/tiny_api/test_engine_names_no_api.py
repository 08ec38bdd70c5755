"""The engine names no API: vendors' words stand in the rooms under `apis/`, in documents and in fixtures, and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.apis import SHIPPED, Api, shipped_api
from mockserver.operations import load_model
from mockserver.spec import load_document
from tests.bundles import CACHE
from tests.tiny_api.api import HARBOUR

ENGINE = Path(__file__).resolve().parents[2] / "mockserver"
VENDORS = ("activecampaign", "active campaign", "pipelinedeals", "pipeline deals", "pipelinecrm", "api-token", "api_token", "dealgroup", "w2lid")
PLAIN = frozenset(
    """
    account automation automations config document documents email exclude group id ids include limit list lists note notes nothing offset page
    per_page search sort status tag tags user users
    """.split(),
)
"""Names in the documents that are words of the field too."""


def engine_files() -> list[Path]:
    found = [path for kind in ("py", "html", "js", "css") for path in ENGINE.rglob(f"*.{kind}")]
    return sorted(path for path in found if path.relative_to(ENGINE).parts[0] != "apis")


def vendor_words(text: str) -> list[str]:
    return [word for word in VENDORS if word in text.lower()]


def names_of(api: Api) -> frozenset[str]:
    """Return what the API's document calls its operations, collections, records and parameters."""
    model = load_model(load_document(api.document, CACHE), api.functions)
    resources = [name for resource in model.resources.values() for name in (resource.name, resource.singular)]
    operations = [operation.operation_id for operation in model.operations]
    parameters = [name for operation in model.operations for parameter in operation.located("query") for name in (parameter.name, *parameter.aliases)]
    functions = [name for table in api.functions.names().values() for name in table]
    return frozenset((*resources, *operations, *parameters, *functions)) - PLAIN


def code_names(source: str) -> Iterator[str]:
    """Yield the identifiers and the texts of a module that are code: docstrings may show examples."""
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield from re.split(r"[^\w\[\]-]+", node.value)
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.arg)):
            yield node.arg if isinstance(node, ast.arg) else node.name


@pytest.mark.parametrize("path", engine_files(), ids=lambda path: str(path.relative_to(ENGINE)))
def test_a_module_outside_the_rooms_names_no_vendor(path: Path) -> None:
    assert vendor_words(path.read_text()) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_no_code_outside_the_rooms_uses_a_name_of_a_shipped_document(name: str) -> None:
    names = names_of(shipped_api(name))
    used = {path.name: sorted(names & set(code_names(path.read_text()))) for path in engine_files() if path.suffix == ".py"}
    assert {module: found for module, found in used.items() if found} == {}


def test_the_tiny_api_shares_no_name_with_a_shipped_one() -> None:
    shipped = frozenset[str]().union(*(names_of(shipped_api(name)) for name in SHIPPED))
    assert names_of(HARBOUR) & shipped == frozenset()


def test_a_vendor_word_would_be_found() -> None:
    assert vendor_words("headers['Api-Token']") == ["api-token"]
    assert set(code_names("def f(deals):\n    '''contacts'''\n    return deals['dealGroup'] + 'a stages.title'")) >= {
        "f",
        "deals",
        "dealGroup",
        "stages",
    }
    assert "contacts" not in set(code_names("def f():\n    '''contacts'''"))
