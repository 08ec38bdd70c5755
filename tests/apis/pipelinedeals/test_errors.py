"""Refusals: which status, which body, and what is judged before what."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.apis.pipelinedeals.client import Client

ONES = {
    "deal": "/deals/{}.json",
    "person": "/people/{}.json",
    "company": "/companies/{}.json",
    "note": "/notes/{}.json",
    "comment": "/notes/240117/comments/{}.json",
    "calendar_entry": "/calendar_entries/{}.json",
    "document": "/documents/{}.json",
}


def told(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


# --- who asks ---


@pytest.mark.parametrize("query", [{}, {"api_key": ""}, {"api_key": "an-invalid-key"}, {"api_key": "somewhere:999"}])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/deals.json"), ("POST", "/deals.json"), ("GET", "/profile.json"), ("DELETE", "/notes/240117.json")]
)
def test_without_a_known_api_key_the_answer_is_406(mira: Client, query: dict[str, str], method: str, path: str) -> None:
    assert told(mira.send(method, path, query, keyed=False)) == (406, {"error": "Unknown api key"})


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/deals/1.json"), ("GET", "/deals.json?page=x"), ("GET", "/admin/users.json"), ("POST", "/notes.json")]
)
def test_the_key_is_looked_at_before_anything_else(mira: Client, method: str, path: str) -> None:
    assert mira.send(method, path, keyed=False, content=b"{" if method == "POST" else b"").status_code == 406


def test_a_bad_app_key_is_401(mira: Client) -> None:
    status, body = told(mira.send("GET", "/deals.json", {"app_key": "an-invalid-key"}))
    assert (status, list(body)) == (401, ["error"])


def test_a_bad_app_key_does_not_hide_a_bad_api_key(mira: Client) -> None:
    assert mira.send("GET", "/deals.json", {"app_key": "an-invalid-key"}, keyed=False).status_code == 406


def test_an_app_key_and_a_version_may_be_sent(mira: Client) -> None:
    mira.get("/deals.json", {"app_key": "harbour", "app_version": "2.1"})


def test_a_listed_key_acts_as_its_user(mira: Client) -> None:
    keys = {"Wn5Tq8Yc2LxJ7rBf0KdP": 311, "Hq3Zs8LmP0vT6yKcW1bN": 312, "k7Qm2vXc9TzLp4RwYd1H": 313}
    answers = {key: mira.send("GET", "/profile.json", {"api_key": key}, keyed=False).json()["id"] for key in keys}
    assert answers == keys


# --- 403 and 404 ---


@pytest.mark.parametrize("name", ONES)
@pytest.mark.parametrize("key", ["1", "999999999", "0", "abc", "-1", "12345678901234567890", "1.5"])
def test_what_is_not_there_is_not_found_but_a_company_with_an_id_is_forbidden(mira: Client, name: str, key: str) -> None:
    path, forbidden = ONES[name].format(key), name == "company" and key in ("1", "999999999", "0")
    expected = (403, {"error": "Permission denied"}) if forbidden else (404, {"error": "Not found"})
    answers = [mira.send("GET", path), mira.send("PUT", path, json={name: {}}), mira.send("DELETE", path)]
    assert [(answer.status_code, list(answer.json())) for answer in answers] == [(expected[0], ["error"])] * 3


@pytest.mark.parametrize("name", ONES)
def test_the_record_is_looked_up_before_values_are_judged(mira: Client, name: str) -> None:
    blank = {"name": "", "content": "", "comment": "", "url": "", "email": "negative_email"}
    status = 403 if name == "company" else 404
    assert mira.send("PUT", ONES[name].format(999999), json={name: blank}).status_code == status


def test_a_company_that_was_deleted_is_an_absent_one(mira: Client) -> None:
    mira.delete("/companies/5524.json")
    assert list(mira.get("/companies/5524.json", status=403)) == ["error"]


@pytest.mark.parametrize(
    "path", ["/deals/90414.json", "/people/70331.json", "/notes/240119.json", "/documents/48200.json", "/calendar_entries/155307.json"]
)
def test_what_the_caller_does_not_see_is_not_found(dee: Client, path: str) -> None:
    assert dee.get(path, status=404) == {"error": "Not found"}
    dee.delete(path, status=404)


@pytest.mark.parametrize("path", ["/boats.json", "/deals/90412/boats.json", "/admin.json", "/", "/deals/90412.xml", "/auth.json"])
def test_an_unknown_path_is_not_found(mira: Client, path: str) -> None:
    answer = mira.send("PUT", path, json={})
    assert (answer.status_code, answer.json()) == (404, {"error": "Not found"})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PATCH", "/deals/90412.json", {"GET", "PUT", "DELETE"}), ("DELETE", "/deals.json", {"GET", "POST"}), ("POST", "/searches.json", {"GET"})],
)
def test_another_method_is_not_allowed(mira: Client, method: str, path: str, allowed: set[str]) -> None:
    answer = mira.send(method, path)
    assert (answer.status_code, list(answer.json())) == (405, ["error"])
    assert allowed <= {name.strip() for name in answer.headers["Allow"].split(",")}


# --- 400, 413, 415 ---


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "Lamp"},
        {"deals": {"name": "Lamp"}},
        {"deal": None},
        {"deal": "Lamp"},
        {"deal": []},
        {"deal": [{"name": "Lamp"}]},
        [],
        "Lamp",
        5,
        None,
    ],
)
def test_without_its_envelope_a_body_is_refused(mira: Client, body: Any) -> None:
    for method, path in (("POST", "/deals.json"), ("PUT", "/deals/90412.json")):
        status, answer = told(mira.send(method, path, json=body))
        assert (status, list(answer)) == (400, ["error"])


def test_it_is_said_which_envelope_is_missing(mira: Client) -> None:
    for envelope, path in (("deal", "/deals.json"), ("calendar_entry", "/calendar_entries.json"), ("comment", "/notes/240117/comments.json")):
        assert mira.post(path, {}, status=400) == {"error": f"param is missing or the value is empty: {envelope}"}


@pytest.mark.parametrize("content", [b"{", b'{"deal": {"name": "Lamp"}', b'"deal": {"name": "Lamp"}', b"\xff\xfe", b"{'deal': 1}", b""])
def test_a_body_that_is_no_json_is_refused(mira: Client, content: bytes) -> None:
    answer = mira.send("POST", "/deals.json", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "text/html; charset=utf-8", "application/jsonp", "nonsense"])
def test_another_media_type_is_unsupported(mira: Client, media_type: str) -> None:
    answer = mira.send("POST", "/deals.json", content=b'{"deal": {"name": "Lamp"}}', headers={"Content-Type": media_type})
    assert (answer.status_code, list(answer.json())) == (415, ["error"])


def test_a_body_that_is_too_large_is_refused(mira: Client) -> None:
    answer = mira.send("POST", "/deals.json", json={"deal": {"name": "Lamp", "summary": "x" * (20 * 1024 * 1024)}})
    assert (answer.status_code, list(answer.json())) == (413, ["error"])


# --- 422 ---


def test_violations_are_a_bare_array_of_field_message_and_label(mira: Client) -> None:
    answer = mira.send("POST", "/deals.json", json={"deal": {}})
    assert told(answer) == (422, [{"field": "name", "msg": "can't be blank", "humanized_field": "Name"}])


@pytest.mark.parametrize(
    ("method", "path", "body", "problem"),
    [
        ("POST", "/companies.json", {"company": {}}, {"field": "name", "msg": "can't be blank", "humanized_field": "Name"}),
        ("POST", "/calendar_entries.json", {"calendar_entry": {}}, {"field": "name", "msg": "can't be blank", "humanized_field": "Name"}),
        ("POST", "/people.json", {"person": {"email": "negative_email"}}, {"field": "email", "msg": "is invalid", "humanized_field": "Email"}),
        ("PUT", "/people/70331.json", {"person": {"lead_status_id": 999}}, {"field": "lead_status_id", "msg": "is invalid"}),
        ("PUT", "/documents/48207.json", {"document": {"url": ""}}, {"field": "url", "msg": "can't be blank"}),
        ("POST", "/notes.json", {"note": {"content": "Hello", "deal_id": 1}}, {"field": "deal_id", "msg": "is invalid"}),
    ],
)
def test_the_violations_that_were_recorded(mira: Client, method: str, path: str, body: Any, problem: dict[str, str]) -> None:
    status, problems = told(mira.send(method, path, json=body))
    assert status == 422
    assert [{name: one[name] for name in problem} for one in problems] == [problem]
    assert set(problems[0]) == {"field", "msg", "humanized_field"}


def test_every_field_that_fails_is_named(mira: Client) -> None:
    body = {"deal": {"name": "", "probability": 101, "expected_close_date": "never"}}
    assert sorted(mira.refused_fields(mira.post, "/deals.json", body)) == ["expected_close_date", "name", "probability"]


def test_a_label_is_words_with_a_capital(mira: Client) -> None:
    answer = mira.post("/deals.json", {"deal": {"name": "Lamp", "expected_close_date": "never"}}, status=422)
    assert re.fullmatch(r"[A-Z][a-z ]*", answer[0]["humanized_field"])


def test_a_refused_write_changes_nothing(mira: Client) -> None:
    before = mira.get("/deals/90412.json")
    mira.put("/deals/90412.json", {"deal": {"name": "Lamp", "deal_stage_id": 999}}, status=422)
    mira.put("/deals/90412.json", {"deal": {"person_ids": [70331], "company_name": "New Ltd", "value": "a lot"}}, status=422)
    assert mira.get("/deals/90412.json") == before
    assert mira.get("/account.json")["total_company_count"] == 8


@pytest.mark.parametrize(
    "path",
    [
        "/deals.json",
        "/people.json",
        "/companies.json",
        "/notes.json",
        "/calendar_entries.json",
        "/users.json",
        "/admin/teams.json",
        "/notes/240117/comments.json",
        "/deals/90412/people.json",
    ],
)
@pytest.mark.parametrize("query", [{"page": "invalid"}, {"page": "0x"}, {"per_page": "many"}])
def test_an_unreadable_page_is_told_under_errors(mira: Client, path: str, query: dict[str, str]) -> None:
    answer = mira.get(path, query, status=422)
    assert list(answer) == ["errors"]
    assert [bool(text) for text in answer["errors"]] == [True]


@pytest.mark.parametrize("asked", [201, 10000])
def test_a_page_that_is_too_large_is_cut_to_two_hundred(mira: Client, asked: int) -> None:
    assert mira.get("/deals.json", {"per_page": asked})["pagination"]["per_page"] == 200


# --- headers ---


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/deals.json", 200),
        ("GET", "/deals/1.json", 404),
        ("POST", "/deals.json", 400),
        ("GET", "/boats.json", 404),
        ("PATCH", "/deals.json", 405),
        ("GET", "/deals.json?page=x", 422),
    ],
)
def test_every_answer_is_json_in_utf_8_with_an_id_and_is_not_to_be_stored(mira: Client, method: str, path: str, status: int) -> None:
    path, _, query = path.partition("?")
    answer = mira.send(method, path, query, json={})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.headers["X-Request-Id"])


def test_a_deletion_answers_nothing_and_no_type(mira: Client) -> None:
    answer = mira.send("DELETE", "/notes/240117.json")
    assert (answer.status_code, answer.content, "Content-Type" in answer.headers) == (204, b"", False)
