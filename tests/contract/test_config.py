from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import schemathesis

from mockserver.apis import SHIPPED
from mockserver.contract.config import expected_statuses, load_shipped, schemathesis_config
from mockserver.errors import SettingsError
from mockserver.spec import Document

PUBLISHED = Path(__file__).resolve().parents[2] / "openapi" / "schemathesis.toml"


def document(**rules: dict[str, int]) -> Document:
    """A document with an operation for each keyword, with these rules."""
    paths = {
        f"/{name}": {"post": {"operationId": name, "responses": {"201": {"description": ""}}, **({"x-mock-rules": its} if its else {})}}
        for name, its in rules.items()
    }
    return Document({"openapi": "3.0.3", "info": {"title": 'A "quoted" title', "version": "1"}, "x-mock-api": "a", "paths": paths}, "a")


def project(text: str) -> dict[str, Any]:
    (only,) = tomllib.loads(text)["project"]
    return dict(only)


def test_the_published_configuration_is_current() -> None:
    assert PUBLISHED.read_text() == schemathesis_config(load_shipped(api) for api in SHIPPED)


def test_the_command_prints_the_configuration() -> None:
    command = [sys.executable, "-m", "mockserver.contract.config", SHIPPED[0]]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == schemathesis_config([load_shipped(SHIPPED[0])])


def test_schemathesis_reads_the_published_configuration() -> None:
    named = schemathesis.Config.from_path(PUBLISHED).projects.named
    assert {load_shipped(api).raw["info"]["title"] for api in SHIPPED} == named.keys()


def test_an_operation_with_rules_expects_their_statuses_besides_the_defaults() -> None:
    (operation,) = project(schemathesis_config([document(ruled={"related": 422, "unique": 400, "later": 422}, free={})]))["operations"]
    assert operation["include-operation-id"] == "ruled"
    expected = operation["checks"]["positive_data_acceptance"]["expected-statuses"]
    assert expected == [*expected_statuses([]), "400", "422"]


def test_nothing_but_statuses_of_rules_and_security_parameters_is_set() -> None:
    made = project(schemathesis_config([document(ruled={"related": 422}, free={})]))
    (operation,) = made.pop("operations")
    assert made == {"title": 'A "quoted" title', "checks": {"enabled": True}, "generation": {"with-security-parameters": False}}
    assert operation.keys() == {"include-operation-id", "checks"}
    assert operation["checks"].keys() == {"positive_data_acceptance"}


def keyed(**said: Any) -> Document:
    """A document whose key is refused as said."""
    return Document({**document().raw, "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "key", **said}}}}, "a")


@pytest.mark.parametrize("said", [{}, {"x-mock-refused": 401}, {"x-mock-refused": 403}])
def test_a_credential_that_is_refused_as_usual_is_left_to_the_stock_check(said: dict[str, int]) -> None:
    assert project(schemathesis_config([keyed(**said)]))["checks"] == {"enabled": True}


def test_a_credential_that_is_refused_otherwise_is_not() -> None:
    assert project(schemathesis_config([keyed(**{"x-mock-refused": 406})]))["checks"] == {"enabled": True, "ignored_auth": {"enabled": False}}


def test_what_a_delete_leaves_may_be_read() -> None:
    responses = {"200": {"description": ""}}
    item = {
        "get": {"operationId": "read", "responses": responses},
        "delete": {"operationId": "end", "x-mock-remains": {"active": False}, "responses": responses},
    }
    made = project(schemathesis_config([Document({**document().raw, "paths": {"/entries/{id}": item, "/entries": {"get": item["get"]}}}, "a")]))
    assert made["operations"] == [{"include-operation-id": "read", "checks": {"use_after_free": {"enabled": False}}}]


def test_a_rule_with_a_status_that_is_always_expected_adds_none() -> None:
    (operation,) = project(schemathesis_config([document(ruled={"taken": 409})]))["operations"]
    assert operation["checks"]["positive_data_acceptance"]["expected-statuses"] == expected_statuses([])


def test_an_unknown_name_is_no_document() -> None:
    with pytest.raises(SettingsError, match="unknown API"):
        load_shipped("nobody")
