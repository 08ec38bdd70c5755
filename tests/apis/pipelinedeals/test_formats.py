"""Values as they are written and read: moments in each caller's zone, days, money, ids, numbers and yes and no."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.pipelinedeals.client import Client


def note(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put("/notes/240117.json", {"note": attributes})
    return made


def deal(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put("/deals/90412.json", {"deal": attributes})
    return made


# --- moments ---


@pytest.mark.parametrize(
    ("path", "chicago", "lisbon"),
    [
        ("/notes/240117.json", "2018/06/14 09:12:45 -0500", "2018/06/14 15:12:45 +0100"),
        ("/companies/5523.json", "2018/03/02 16:45:30 -0600", "2018/03/02 22:45:30 +0000"),
        ("/companies/5520.json", "2017/11/20 14:05:51 -0600", "2017/11/20 20:05:51 +0000"),
        ("/deals/90413.json", "2018/06/03 09:00:00 -0500", "2018/06/03 15:00:00 +0100"),
    ],
)
def test_a_moment_is_read_in_the_callers_zone_with_its_offset_of_that_day(mira: Client, dee: Client, path: str, chicago: str, lisbon: str) -> None:
    assert (mira.get(path)["created_at"], dee.get(path)["created_at"]) == (chicago, lisbon)


def test_it_is_so_in_lists_in_what_is_embedded_and_after_others_have_read_it(mira: Client, dee: Client) -> None:
    for _ in range(2):
        assert mira.get("/notes/240117.json")["comments"]["entries"][0]["created_at"] == "2018/06/14 11:20:03 -0500"
        assert dee.get("/notes/240117.json")["comments"]["entries"][0]["created_at"] == "2018/06/14 17:20:03 +0100"
        assert dee.entries("/notes.json", {"deal_id": 90413})[0]["updated_at"] == "2018/06/12 16:30:00 +0100"
        assert mira.entries("/notes.json", {"deal_id": 90413})[0]["updated_at"] == "2018/06/12 10:30:00 -0500"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2018/06/14 09:12:46 -0500", "2018/06/14 09:12:46 -0500"),
        ("2018/06/30 23:59:59 -0500", "2018/06/30 23:59:59 -0500"),
        ("2018/06/14 09:12:46 +0200", "2018/06/14 02:12:46 -0500"),
        ("2018/06/14 09:12:46 +0000", "2018/06/14 04:12:46 -0500"),
        ("2018/06/14 09:12:46 +0530", "2018/06/13 22:42:46 -0500"),
        ("2018-06-14 09:12:46", "2018/06/14 09:12:46 -0500"),
        ("2018-12-31 09:12:46", "2018/12/31 09:12:46 -0600"),
        ("2018/12/31 09:12:46", "2018/12/31 09:12:46 -0600"),
        ("2018-06-14T09:12:46Z", "2018/06/14 04:12:46 -0500"),
        ("2018-06-14T09:12:46+02:00", "2018/06/14 02:12:46 -0500"),
        ("2018-06-14T09:12:46.123Z", "2018/06/14 04:12:46 -0500"),
        ("2018-06-14", "2018/06/14 00:00:00 -0500"),
    ],
)
def test_a_moment_is_written_in_many_ways_and_without_an_offset_in_the_callers_zone(mira: Client, sent: str, read: str) -> None:
    assert note(mira, created_at=sent)["created_at"] == read


def test_the_same_text_is_another_moment_for_a_caller_in_another_zone(mira: Client, dee: Client) -> None:
    note(dee, created_at="2018-06-10 12:00:00")
    assert mira.get("/notes/240117.json")["created_at"] == "2018/06/10 06:00:00 -0500"


@pytest.mark.parametrize(
    "sent", ["soon", "14.06.2018", "2018-13-01 09:00:00", "2018/02/30 09:00:00 -0500", "2018-06-14 25:00:00", ["2018-06-14"], {}]
)
def test_what_is_no_moment_is_refused(mira: Client, sent: Any) -> None:
    assert mira.refused_fields(mira.put, "/notes/240117.json", {"note": {"created_at": sent}}) == ["created_at"]


# --- days ---


@pytest.mark.parametrize("sent", ["2018-12-31", "2018/12/31", "2018-10-29", "2018/10/30", "2020-02-29", "2020/02/29", "2018/09/05"])
def test_a_day_is_written_with_hyphens_or_slashes_and_read_with_slashes(mira: Client, sent: str) -> None:
    assert deal(mira, expected_close_date=sent)["expected_close_date"] == sent.replace("-", "/")


def test_a_day_is_the_same_for_everybody(mira: Client, dee: Client) -> None:
    assert mira.get("/deals/90412.json")["expected_close_date"] == dee.get("/deals/90412.json")["expected_close_date"] == "2018/09/28"


@pytest.mark.parametrize("sent", ["2018-02-30", "2018/02/30", "2019/02/29", "2018/04/31", "31.12.2018", "tomorrow", "2018-00-10", 20181231])
def test_what_is_no_day_is_refused(mira: Client, sent: Any) -> None:
    assert mira.refused_fields(mira.put, "/deals/90412.json", {"deal": {"expected_close_date": sent}}) == ["expected_close_date"]


# --- money and numbers ---


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (5000, "5000.0"),
        ("5000", "5000.0"),
        ("5000.00", "5000.0"),
        (5000.5, "5000.5"),
        ("5000.25", "5000.25"),
        (0, "0.0"),
        ("0.10", "0.1"),
        (1234567.89, "1234567.89"),
        (None, None),
    ],
)
def test_money_is_read_as_a_text_with_a_decimal_at_least(mira: Client, sent: Any, read: str | None) -> None:
    assert deal(mira, value=sent)["value"] == read
    assert mira.get("/deals/90412.json")["value"] == read


@pytest.mark.parametrize("sent", ["a lot", "5,000", [5000], True])
def test_what_is_no_amount_is_refused(mira: Client, sent: Any) -> None:
    assert mira.refused_fields(mira.put, "/deals/90412.json", {"deal": {"value": sent}}) == ["value"]


@pytest.mark.parametrize("sent", [60, "60"])
def test_numbers_may_be_sent_as_texts(mira: Client, sent: Any) -> None:
    assert deal(mira, probability=sent)["probability"] == 60


@pytest.mark.parametrize(
    ("path", "body", "name", "read"),
    [("/notes/240117.json", {"note": {"title": 7}}, "title", "7"), ("/deals/90412.json", {"deal": {"name": 12}}, "name", "12")],
)
def test_texts_may_be_sent_as_numbers(mira: Client, path: str, body: Any, name: str, read: str) -> None:
    assert mira.put(path, body)[name] == read


@pytest.mark.parametrize("sent", [90417, "90417"])
def test_ids_are_numbers_or_digits(mira: Client, sent: Any) -> None:
    made = mira.post("/notes.json", {"note": {"content": "Hello", "deal_id": sent, "notify_user_ids": ["311", 312]}})
    assert (made["deal_id"], made["notify_user_ids"]) == (90417, [311, 312])


@pytest.mark.parametrize("sent", ["many", 1.5, -1, [90417], True, "90417x"])
def test_what_is_no_id_is_refused(mira: Client, sent: Any) -> None:
    assert mira.refused_fields(mira.post, "/notes.json", {"note": {"content": "Hello", "deal_id": sent}}) == ["deal_id"]


# --- yes and no ---


@pytest.mark.parametrize(
    ("sent", "read"), [(True, True), ("true", True), ("1", True), (1, True), (False, False), ("false", False), ("0", False), (0, False)]
)
def test_yes_and_no_are_sent_in_many_ways_and_read_in_one(mira: Client, sent: Any, read: bool) -> None:
    deal(mira, is_archived=not read)
    assert deal(mira, is_archived=sent)["is_archived"] is read


@pytest.mark.parametrize("sent", ["yes please", 2, [True]])
def test_what_is_neither_is_refused(mira: Client, sent: Any) -> None:
    assert mira.refused_fields(mira.put, "/deals/90412.json", {"deal": {"is_archived": sent}}) == ["is_archived"]


# --- what is embedded ---


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/deals/90412.json", "user"),
        ("/people/70331.json", "user"),
        ("/companies/5520.json", "owner"),
        ("/calendar_entries/155310.json", "owner"),
        ("/documents/48207.json", "owner"),
    ],
)
def test_an_embedded_user_has_an_id_and_two_names(mira: Client, path: str, name: str) -> None:
    assert mira.get(path)[name] == {"id": 312, "first_name": "Tomas", "last_name": "Lindqvist"}


def test_text_comes_back_as_it_was_sent(mira: Client) -> None:
    text = '  Größe <b>6,2 m</b> & "mast" 🌊\nnext line\ttab '
    assert note(mira, content=text)["content"] == text
