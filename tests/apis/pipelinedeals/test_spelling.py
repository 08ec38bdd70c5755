"""Spellings of paths: with the suffix or without, a slash at the end, slashes doubled, and both bases."""

from __future__ import annotations

import pytest

from tests.apis.pipelinedeals.client import Client

PATHS = [
    "/deals",
    "/deals/90412",
    "/deals/90412/people",
    "/notes/240117/comments",
    "/notes/240117/comments/33018",
    "/deals/90412/notes/240117/comments",
    "/companies/5520/calendar_entries",
    "/admin/deal_stages",
    "/admin/deal_stages/44",
    "/profile",
    "/account",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("spelling", ["{}", "{}/", "{}.json/", "{}.json//", "{}//"])
def test_suffix_and_slash_at_the_end_are_free(mira: Client, path: str, spelling: str) -> None:
    assert mira.get(spelling.format(path)) == mira.get(f"{path}.json")


@pytest.mark.parametrize("path", [path for path in PATHS if path.count("/") > 1])
@pytest.mark.parametrize("end", ["", ".json", ".json/"])
def test_slashes_may_be_doubled(mira: Client, path: str, end: str) -> None:
    doubled = "/" + path[1:].replace("/", "//") + end
    assert mira.get(doubled) == mira.get(f"{path}.json")


@pytest.mark.parametrize("base", ["/api/v3", "/pipelinedeals/api/v3/", "/api/v3/"])
def test_the_bases_are_that_of_the_mock_and_that_of_the_service(mira: Client, base: str) -> None:
    assert mira.get(f"http://pipeline.example{base}/deals/90412.json") == mira.get("/deals/90412.json")


@pytest.mark.parametrize("path", ["/people", "/people/", "/people.json/"])
def test_a_query_follows_any_of_them(mira: Client, path: str) -> None:
    answer = mira.get(path, {"page": 2, "per_page": 3})
    assert (answer["pagination"]["page"], len(answer["entries"])) == (2, 3)


@pytest.mark.parametrize("end", ["", "/", ".json", ".json/"])
def test_writes_are_spelled_as_freely(mira: Client, end: str) -> None:
    made = mira.post(f"/notes{end}", {"note": {"content": "Hello", "deal_id": 90412}})["id"]
    assert mira.put(f"/notes/{made}{end}", {"note": {"title": "Greeting"}})["title"] == "Greeting"
    mira.delete(f"/notes/{made}{end}")
    mira.get(f"/notes/{made}{end}", status=404)


@pytest.mark.parametrize("path", ["/deals/1", "/companies/1/", "/users/1.json/", "/deals//1"])
def test_refusals_are_the_same(mira: Client, path: str) -> None:
    plain = "/" + path.removesuffix("/").removesuffix(".json").strip("/").replace("//", "/") + ".json"
    first, second = mira.send("GET", path), mira.send("GET", plain)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.status_code in (403, 404)


@pytest.mark.parametrize(
    "path", ["/deals.JSON", "/Deals.json", "/deals.jsonx", "/deals.xml", "/deals/90412.json.json", "/deals.json/90412", "/dealsjson"]
)
def test_other_spellings_are_unknown(mira: Client, path: str) -> None:
    assert mira.send("POST", path, json={}).status_code in (404, 405)
    assert mira.send("GET", path).status_code == 404


def test_the_form_for_leads_has_no_suffix_and_stands_outside_of_the_base(mira: Client) -> None:
    answer = mira.send("POST", "http://pipeline.example/web_lead", keyed=False, data={"w2lid": "ffffffffffff"})
    assert answer.status_code == 302
