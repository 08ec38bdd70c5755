"""The pages in a Chromium: nothing breaks, nothing leaves the server, nothing is cut off at a phone's width, and every document can be tried.

`make test-pages` runs this; pictures of what was seen are in `.clients/pictures/`.
"""

from __future__ import annotations

import os
import shutil
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mockserver.apis import SHIPPED, shipped_api
from mockserver.spec import load_document
from tests.clients.environments import CACHE, Environment, python_environment
from tests.clients.mocks import Mock

pytestmark = pytest.mark.pages

PICTURES = CACHE / "pictures"
DOCUMENTS = [load_document(shipped_api(name).document, None) for name in SHIPPED]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "these tests need a Chromium: install one, or name it in CHROMIUM"
    return found


@pytest.fixture(scope="session")
def playwright() -> Environment:
    return python_environment("playwright")


@pytest.fixture(scope="session")
def looks(playwright: Environment, chromium: str, mock: Mock) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = playwright.answer("look_at_pages.py", mock.origin, chromium, str(PICTURES))
    return seen


@pytest.fixture(scope="session")
def documents(looks: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Return for each look at a document its size and what was seen; documents in the order in which they are served."""
    return [(look["size"], seen) for look in looks for seen in look["documents"].values()]


def test_nothing_fails_and_nothing_is_asked_of_another_host(looks: list[dict[str, Any]]) -> None:
    missing = "Failed to load resource: the server responded with a status of 404"  # the record that was asked for and is not there
    assert [(look["size"], wrong) for look in looks for wrong in look["wrong"] if missing not in wrong] == []


def test_the_first_page_names_each_api_with_a_first_request_and_links(looks: list[dict[str, Any]], mock: Mock) -> None:
    for look in looks:
        for document in DOCUMENTS:
            assert document.raw["info"]["title"] in look["first"]["text"]
        for base in looks[0]["documents"]:
            assert f"{mock.origin}{base}" in look["first"]["text"]
            assert {f"{base}/ui/", f"{base}/openapi.json"} <= set(look["first"]["links"])
        assert look["first"]["text"].count("curl ") == len(SHIPPED)


def test_where_the_keyboard_is_can_be_seen(looks: list[dict[str, Any]]) -> None:
    assert [look["first"]["focus_is_seen"] for look in looks] == [True] * len(looks)


def test_nothing_is_cut_off_at_the_side(looks: list[dict[str, Any]], documents: list[tuple[str, Any]]) -> None:
    assert [look["first"]["overflow"] for look in looks] == [0] * len(looks)
    for size, seen in documents:
        assert {name: seen[name] for name in ("overflow", "overflow_open", "overflow_tried")} == {
            "overflow": 0,
            "overflow_open": 0,
            "overflow_tried": 0,
        }, size


def test_every_operation_of_every_tag_is_shown(documents: list[tuple[str, Any]]) -> None:
    operations = [len(list(document.iter_operations())) for document in DOCUMENTS]
    tags = [len(document.raw["tags"]) for document in DOCUMENTS]
    for number, (_, seen) in enumerate(documents):
        assert (seen["operations"], seen["tags"]) == (operations[number % len(DOCUMENTS)], tags[number % len(DOCUMENTS)])


def test_a_document_can_be_tried_at_once_with_the_credential_filled_in(documents: list[tuple[str, Any]]) -> None:
    assert [(seen["list_status"], seen["missing_status"]) for _, seen in documents] == [("200", "404")] * len(documents)
    keys = {scheme["name"] for document in DOCUMENTS for scheme in document.raw["components"]["securitySchemes"].values()}
    asked = [set(parse_qs(urlsplit(seen["list_url"]).query)) - keys for _, seen in documents]
    assert asked == [set()] * len(documents), "examples of filters are told, not sent"


def test_a_dark_scheme_is_dark(looks: list[dict[str, Any]]) -> None:
    contrast = {look["scheme"]: look["first"]["contrast"] for look in looks if look["size"] == "desk"}
    assert contrast["light"] != contrast["dark"]
