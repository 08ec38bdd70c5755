"""Comments on notes: whose they are, what they touch and whom they tell, and the paths under which they are listed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.pipelinedeals.client import Client
from tests.apis.pipelinedeals.moments import SHOWN


def created(client: Client, note: int = 240117, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post(f"/notes/{note}/comments.json", {"comment": {"comment": "It fits.", **attributes}})
    return made


def changed(client: Client, key: int, note: int = 240117, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/notes/{note}/comments/{key}.json", {"comment": attributes})
    return made


def test_a_comment_is_shown_as_the_reference_prints_it(mira: Client) -> None:
    assert mira.get("/notes/240117/comments/33018.json") == {
        "id": 33018,
        "user_id": 313,
        "note_id": 240117,
        "comment": "Drawings updated to match.",
        "created_at": "2018/06/14 11:20:03 -0500",
        "updated_at": "2018/06/14 11:20:03 -0500",
        "edited_by_user_id": None,
        "user": {"id": 313, "first_name": "Dee", "last_name": "Alvarado", "avatar_thumb_url": "https://files.pipeline.example/avatars/313/thumb.png"},
    }


def test_the_list_is_what_the_note_holds_the_newest_first(mira: Client) -> None:
    answer = mira.get("/notes/240117/comments.json")
    assert [one["id"] for one in answer["entries"]] == [33018, 33017, 33016]
    assert answer["entries"] == mira.get("/notes/240117.json")["comments"]["entries"]
    assert answer["pagination"] == {"page": 1, "page_var": "page", "per_page": 200, "pages": 1, "total": 3}


def test_comments_are_paginated(mira: Client) -> None:
    answer = mira.get("/notes/240117/comments.json", {"page": 2, "per_page": 2})
    assert ([one["id"] for one in answer["entries"]], answer["pagination"]["pages"]) == ([33016], 2)


@pytest.mark.parametrize("path", ["/deals/90412", "/people/70331", "/companies/5520", "/deals/1", "/people/0", "/companies/999999"])
def test_the_longer_paths_are_for_readers_and_the_note_alone_decides(mira: Client, path: str) -> None:
    assert mira.get(f"{path}/notes/240117/comments.json") == mira.get("/notes/240117/comments.json")


@pytest.mark.parametrize("path", ["", "/deals/90412", "/people/70331", "/companies/5520"])
def test_comments_of_an_unknown_note_are_not_found(mira: Client, path: str) -> None:
    assert mira.get(f"{path}/notes/99999/comments.json", status=404) == {"error": "Not found"}


# --- writing ---


def test_a_new_comment_is_the_callers(dee: Client) -> None:
    comment = created(dee)
    assert (comment["user_id"], comment["user"]["first_name"], comment["note_id"], comment["comment"]) == (313, "Dee", 240117, "It fits.")
    assert (comment["edited_by_user_id"], comment["created_at"]) == (None, "2018/06/15 16:00:00 +0100")
    assert dee.ids("/notes/240117/comments.json")[0] == comment["id"]


def test_the_note_of_the_path_counts_not_that_of_the_body(mira: Client) -> None:
    comment = created(mira, note_id=240112)
    assert comment["note_id"] == 240117
    assert changed(mira, comment["id"], note_id=240112)["note_id"] == 240117


def test_a_changed_comment_has_no_editor_unless_one_is_sent(mira: Client) -> None:
    comment = changed(mira, 33018, comment="Drawings updated.")
    assert (comment["comment"], comment["edited_by_user_id"], comment["user_id"]) == ("Drawings updated.", None, 313)
    assert comment["updated_at"] == SHOWN
    assert comment["created_at"] == "2018/06/14 11:20:03 -0500"


@pytest.mark.parametrize("name", ["edited_by_user_id", "edited_by_person_id"])
def test_the_editor_is_accepted_under_both_names_and_shown_under_one(mira: Client, name: str) -> None:
    comment = changed(mira, 33018, comment="Drawings updated.", **{name: 311})
    assert comment["edited_by_user_id"] == 311
    assert "edited_by_person_id" not in comment
    assert mira.get("/notes/240117/comments/33018.json")["edited_by_user_id"] == 311


@pytest.mark.parametrize("path", ["/notes/240112.json", "/deals/90412.json", "/companies/5520.json"])
def test_a_new_comment_touches_the_note_its_deal_and_its_company(mira: Client, path: str) -> None:
    assert mira.get(path)["updated_at"] != SHOWN
    created(mira, 240112)
    assert mira.get(path)["updated_at"] == SHOWN


@pytest.mark.parametrize("path", ["/notes/240112.json", "/deals/90412.json", "/companies/5520.json"])
def test_a_changed_comment_touches_them_too(mira: Client, path: str) -> None:
    changed(mira, 33012, 240112, comment="Eight gauges.")
    assert mira.get(path)["updated_at"] == SHOWN


def test_a_new_comment_is_mailed_to_those_the_note_names_but_not_to_its_author(dee: Client) -> None:
    comment = created(dee)  # the note names Tomas and Dee
    assert [(mail["to_user_id"], mail["id"]) for mail in dee.mails()] == [(312, comment["id"])]


def test_a_changed_comment_is_mailed_to_nobody(dee: Client) -> None:
    changed(dee, 33018, comment="Drawings updated.")
    assert dee.mails() == []


def test_a_deleted_comment_is_gone(mira: Client) -> None:
    mira.delete("/notes/240117/comments/33017.json")
    mira.get("/notes/240117/comments/33017.json", status=404)
    assert [one["id"] for one in mira.get("/notes/240117.json")["comments"]["entries"]] == [33018, 33016]


# --- what is refused ---


@pytest.mark.parametrize("text", ["", " ", "\n\t", None])
def test_a_comment_without_text_is_refused(mira: Client, text: str | None) -> None:
    for send, path in ((mira.post, "/notes/240117/comments.json"), (mira.put, "/notes/240117/comments/33018.json")):
        assert mira.refused_fields(send, path, {"comment": {"comment": text}}) == ["comment"]


def test_a_new_comment_needs_a_text(mira: Client) -> None:
    answer = mira.post("/notes/240117/comments.json", {"comment": {}}, status=422)
    assert answer == [{"field": "comment", "msg": "can't be blank", "humanized_field": "Comment"}]


@pytest.mark.parametrize(
    ("body", "field"), [({"comment": "Hello", "user_id": 999}, "user_id"), ({"comment": "Hello", "edited_by_user_id": 999}, "edited_by_user_id")]
)
def test_users_who_do_not_exist_are_refused(mira: Client, body: dict[str, Any], field: str) -> None:
    assert mira.refused_fields(mira.put, "/notes/240117/comments/33018.json", {"comment": body}) == [field]


def test_an_editor_who_does_not_exist_is_refused_under_the_other_name_too(mira: Client) -> None:
    body = {"comment": {"comment": "Hello", "edited_by_person_id": 999}}
    assert mira.refused_fields(mira.put, "/notes/240117/comments/33018.json", body) == ["edited_by_person_id"]


@pytest.mark.parametrize("path", ["/notes/240117/comments/33009.json", "/notes/99999/comments/33018.json", "/notes/240117/comments/99999.json"])
def test_a_comment_of_another_note_is_not_found(mira: Client, path: str) -> None:
    mira.get(path, status=404)
    mira.put(path, {"comment": {"comment": "Hello"}}, status=404)
    mira.delete(path, status=404)


def test_comments_of_a_note_that_the_caller_does_not_see_are_not_found(dee: Client) -> None:
    dee.get("/notes/240101/comments.json", status=404)
    dee.post("/notes/240101/comments.json", {"comment": {"comment": "Hello"}}, status=404)
