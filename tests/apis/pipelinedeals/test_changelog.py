"""The changelog of the API's start page, 2012 to 2018: all 39 entries, each with the test that shows it.

Entries, dates and numbers are those of the reference; `"*"` stands for all operations, and no operation for what the API itself calls.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mockserver.spec import METHODS, load_document
from tests.bundles import CACHE

ROOT = Path(__file__).resolve().parents[3]
ENTRIES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("changelog.json").read_text("utf-8"))

each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["id"]))


@cache
def operations() -> frozenset[str]:
    raw = load_document(ROOT / "openapi" / "pipelinedeals" / "openapi.yaml", CACHE).raw
    return frozenset(item[method]["operationId"] for item in raw["paths"].values() for method in METHODS if method in item)


@cache
def names_of_tests(file: str) -> Sequence[str]:
    """Return the names of the tests of a file; none of a file that is not there."""
    path = ROOT / file
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


def test_all_entries_are_there() -> None:
    assert [entry["id"] for entry in ENTRIES] == [f"C{number}" for number in range(1, 40)]
    assert {frozenset(entry) for entry in ENTRIES} == {frozenset({"id", "date", "entry", "operations", "test"})}
    assert len({entry["entry"] for entry in ENTRIES}) == 39


def test_the_newest_comes_first() -> None:
    dates = [date.fromisoformat(entry["date"]) for entry in ENTRIES]
    assert dates == sorted(dates, reverse=True)
    assert (dates[0], dates[-1]) == (date(2018, 10, 31), date(2012, 1, 25))


@each
def test_its_test_exists(entry: dict[str, Any]) -> None:
    file, _, name = entry["test"].partition("::")
    assert name in names_of_tests(file), f"{file} has no test {name}"


@each
def test_its_operations_exist(entry: dict[str, Any]) -> None:
    unknown = set(entry["operations"]) - operations() - {"*"}
    assert not unknown, f"no such operation: {sorted(unknown)}"
    assert entry["operations"] or entry["id"] == "C12"


def test_the_entries_cover_all_operations_but_these() -> None:
    covered = {operation for entry in ENTRIES if entry["operations"] != ["*"] for operation in entry["operations"]}
    assert operations() - covered == {"delete_note", "update_calendar_entry"}
