"""The pages that a server shows beside its operations."""

from __future__ import annotations

import asyncio
import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import httpx
import pytest

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.bundles import CACHE

ORIGIN = "http://mock.example:8080"
BASE = "/activecampaign/api/3"
CLOCK = datetime(2024, 3, 25, 15, tzinfo=UTC)
VOID = {"meta", "link", "br", "img", "input"}


class Reader(HTMLParser):
    """Reads a page: every link in it, and whether its tags are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def fetch(path: str, method: str = "GET", settings: Settings | None = None, headers: dict[str, str] | None = None) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app(replace(settings or Settings(clock=CLOCK), cache=CACHE)))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(send())


def test_the_first_page_names_every_api_with_a_request_that_works() -> None:
    page = fetch("/")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"{ORIGIN}{BASE}" in page.text
    line = html.unescape(re.findall(r"<pre><code>(.*?)</code>", page.text)[0])
    header, url = re.fullmatch(r"curl -H '(.*?)' (\S+)", line).groups()  # type: ignore[union-attr]
    name, value = header.split(": ")
    assert fetch(url.removeprefix(ORIGIN), headers={name: value}).status_code == 200


def test_every_link_of_the_first_page_leads_somewhere() -> None:
    links = read(fetch("/").text).links
    assert f"{BASE}/ui/" in links
    assert {fetch(link).status_code for link in links} == {200}


def test_the_page_to_try_needs_nothing_from_elsewhere() -> None:
    page = fetch(f"{BASE}/ui/").text
    reader = read(page)
    assert not re.search(r"(href|src)=[\"'](https?:)?//", page)
    local = [link for link in reader.links if "/" not in link]
    assert {"swagger-ui.css", "swagger-ui-bundle.js"} <= set(local)
    assert {fetch(f"{BASE}/ui/{link}").status_code for link in local} == {200}


def test_the_page_to_try_has_a_working_credential_filled_in() -> None:
    page = fetch(f"{BASE}/ui/").text
    scheme, credential = re.search(r'preauthorizeApiKey\("(.*?)", "(.*?)"\)', page).groups()  # type: ignore[union-attr]
    document = json.loads(fetch(f"{BASE}/openapi.json").text)
    name = document["components"]["securitySchemes"][scheme]["name"]
    assert fetch(f"{BASE}/deals", headers={name: credential}).status_code == 200


def test_the_page_without_a_slash_leads_to_the_one_with_it() -> None:
    answer = fetch(f"{BASE}/ui")
    assert (answer.status_code, answer.headers["Location"]) == (307, f"{BASE}/ui/")


@pytest.mark.parametrize("path", ["/ui/swagger-ui.js", "/ui/../app.py", "/ui/%2e%2e/app.py", "/ui/index.html"])
def test_nothing_else_is_served_beside_the_operations(path: str) -> None:
    assert fetch(f"{BASE}{path}").status_code == 404


def test_the_document_names_where_it_is_served_and_no_vendors_host() -> None:
    document = fetch("/api/3/openapi.json").json()
    assert document["servers"] == [{"url": "/api/3"}]


def test_pages_are_not_written_to() -> None:
    for path in ("/", "/_mock/health"):
        answer = fetch(path, "POST")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_head_of_a_page_has_its_length_and_no_body() -> None:
    whole, head = fetch("/"), fetch("/", "HEAD")
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))


def test_other_machines_reach_only_health_without_the_admin_token() -> None:
    open_to_all = Settings(clock=CLOCK, loopback=False)
    assert fetch("/_mock/health", settings=open_to_all).status_code == 200
    assert fetch("/_mock/worlds", settings=open_to_all).status_code == 403
    with_token = Settings(clock=CLOCK, loopback=False, admin_token="t")
    assert fetch("/_mock/worlds", settings=with_token).status_code == 403
    assert fetch("/_mock/worlds", settings=with_token, headers={"X-Mock-Admin-Token": "t"}).status_code == 404
    assert fetch("/_mock/worlds").status_code == 404


def test_an_asset_may_be_kept_though_answers_may_not() -> None:
    assert fetch(f"{BASE}/ui/swagger-ui.css").headers.get_list("Cache-Control") == ["max-age=3600"]
    assert fetch(f"{BASE}/openapi.json").headers.get_list("Cache-Control") == ["no-store, no-cache, must-revalidate"]
