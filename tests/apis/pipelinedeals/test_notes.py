"""Notes: what they show of what they are on, what a write completes, touches, tells and refuses, and how they are listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.apis.pipelinedeals.client import Client
from tests.apis.pipelinedeals.moments import SHOWN

NOTES = [240101, 240104, 240108, 240109, 240112, 240113, 240114, 240115, 240116, 240117, 240118, 240119, 240120, 240121]


def created(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/notes.json", {"note": {"content": "Ask again in spring.", **attributes}})
    return made


def changed(client: Client, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/notes/{key}.json", {"note": attributes})
    return made


# --- what a note shows ---


def test_a_note_is_shown_as_the_reference_prints_it(tomas: Client) -> None:
    note = tomas.get("/notes/240117.json")
    user = {"id": 312, "first_name": "Tomas", "last_name": "Lindqvist", "avatar_thumb_url": None}
    expected = {
        "id": 240117,
        "title": None,
        "content": "Ingrid confirmed the mast height is 6.2 m.",
        "deal_id": 90412,
        "person_id": None,
        "company_id": 5520,
        "deal": {"id": 90412, "name": "Tide gauge refit"},
        "person": None,
        "company": {"id": 5520, "name": "Saltmarsh Survey Ltd"},
        "primary_association_type": "Deal",
        "primary_association_id": 90412,
        "user_id": 312,
        "user": user,
        "created_by_user_id": 312,
        "created_by_user": user,
        "note_category_id": 84,
        "note_category": {"id": 84, "name": "Phone Call"},
        "is_sent_message": None,
        "notify_user_ids": [312, 313],
        "possible_notify_user_ids": [311, 313],
        "created_at": "2018/06/14 09:12:45 -0500",
        "updated_at": "2018/06/14 11:20:03 -0500",
    }
    assert {name: note[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("key", "kind", "of", "shown"),
    [
        (240112, "Deal", 90412, {"deal": {"id": 90412, "name": "Tide gauge refit"}, "person": None}),
        (240104, "Person", 70331, {"deal": None, "person": {"id": 70331, "first_name": "Ingrid", "last_name": "Vale"}}),
        (240120, "Company", 5520, {"deal": None, "person": None, "company": {"id": 5520, "name": "Saltmarsh Survey Ltd"}}),
        (240121, "Deal", 90424, {"deal": {"id": 90424, "name": "Training day"}, "company": None}),
    ],
)
def test_a_note_shows_what_it_is_on(mira: Client, key: int, kind: str, of: int, shown: dict[str, Any]) -> None:
    note = mira.get(f"/notes/{key}.json")
    assert (note["primary_association_type"], note["primary_association_id"]) == (kind, of)
    assert {name: note[name] for name in shown} == shown


def test_the_list_shows_what_notes_are_on_too(mira: Client) -> None:
    notes = {note["id"]: note for note in mira.entries("/notes.json")}
    assert notes[240104]["person"] == {"id": 70331, "first_name": "Ingrid", "last_name": "Vale"}
    assert notes[240101]["deal"] == {"id": 90416, "name": "Pilot boat display"}


@pytest.mark.parametrize(("key", "sent"), [(240113, True), (240114, False), (240117, None), (240115, None)])
def test_mails_say_whether_they_were_sent_and_other_notes_do_not(mira: Client, key: int, sent: bool | None) -> None:
    assert mira.get(f"/notes/{key}.json")["is_sent_message"] is sent
    assert {note["id"]: note["is_sent_message"] for note in mira.entries("/notes.json")}[key] is sent


def test_a_mail_that_becomes_another_kind_of_note_no_longer_says_so(mira: Client) -> None:
    assert changed(mira, 240113, title="Sent")["is_sent_message"] is True
    assert changed(mira, 240113, note_category_id=84)["is_sent_message"] is None


def test_a_note_holds_its_comments_the_newest_first_and_without_pagination(mira: Client) -> None:
    comments = mira.get("/notes/240117.json")["comments"]
    assert [one["id"] for one in comments["entries"]] == [33018, 33017, 33016]
    assert list(comments) == ["entries"]
    assert mira.get("/notes/240115.json")["comments"] == {"entries": []}


def test_who_can_be_told_is_said_of_one_note_alone(mira: Client) -> None:
    assert "possible_notify_user_ids" in mira.get("/notes/240117.json")
    assert all("possible_notify_user_ids" not in note for note in mira.entries("/notes.json"))
    assert "possible_notify_user_ids" not in created(mira, deal_id=90412)
    assert "possible_notify_user_ids" not in changed(mira, 240117, title="Mast")


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (240117, [312, 313]),  # a deal of Tomas with Dee as collaborator
        (240118, [312, 313]),  # a deal of Dee, who is below Tomas
        (240101, []),  # a deal of Mira's own, above everybody
        (240120, [312, 313]),  # a company, and companies are shared
        (240104, [312]),  # a person of Tomas, and people are private
    ],
)
def test_those_who_see_what_it_is_on_can_be_told_but_not_the_caller(mira: Client, key: int, told: list[int]) -> None:
    assert mira.get(f"/notes/{key}.json")["possible_notify_user_ids"] == told


# --- what a new note is given ---


def test_a_new_note_is_the_callers(tomas: Client) -> None:
    note = created(tomas, deal_id=90412)
    assert (note["user_id"], note["created_by_user_id"], note["notify_user_ids"]) == (312, 312, [312])
    assert (note["created_at"], note["updated_at"], note["title"], note["note_category_id"]) == (SHOWN, SHOWN, None, None)
    assert tomas.get(f"/notes/{note['id']}.json")["content"] == "Ask again in spring."


def test_its_author_may_be_another_user_while_its_creator_is_the_caller(mira: Client) -> None:
    note = created(mira, deal_id=90412, user_id=312)
    assert (note["user"]["id"], note["created_by_user"]["id"]) == (312, 311)


@pytest.mark.parametrize(
    ("on", "company"),
    [
        ({"deal_id": 90412}, 5520),
        ({"person_id": 70352}, 5523),
        ({"deal_id": 90412, "person_id": 70352}, 5520),
        ({"deal_id": 90412, "company_id": 5525}, 5525),
        ({"person_id": 70361}, None),
        ({"deal_id": 90424}, None),
    ],
)
def test_the_company_is_that_of_the_deal_or_the_person_unless_it_is_sent(mira: Client, on: dict[str, int], company: int | None) -> None:
    assert created(mira, **on)["company_id"] == company


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        ({"deal_id": 90412, "person_id": 70331, "company_id": 5520}, "Deal"),
        ({"person_id": 70331, "company_id": 5520}, "Person"),
        ({"company_id": 5520}, "Company"),
    ],
)
def test_the_deal_comes_before_the_person_before_the_company(mira: Client, on: dict[str, int], kind: str) -> None:
    assert created(mira, **on)["primary_association_type"] == kind


def test_the_users_to_be_told_are_as_sent(mira: Client) -> None:
    assert created(mira, deal_id=90412, notify_user_ids=[313, 312])["notify_user_ids"] == [313, 312]
    assert created(mira, deal_id=90412, notify_user_ids=[])["notify_user_ids"] == []


def test_the_dates_of_a_note_can_be_written(mira: Client) -> None:
    note = created(mira, deal_id=90412, created_at="2015-03-04 05:06:07", updated_at="2016/04/05 06:07:08 -0500")
    assert (note["created_at"], note["updated_at"]) == ("2015/03/04 05:06:07 -0600", "2016/04/05 06:07:08 -0500")


def test_read_only_and_unknown_attributes_are_ignored(mira: Client) -> None:
    note = created(mira, deal_id=90412, id=7, deal={"id": 90413}, comments={"entries": [{"comment": "x"}]}, created_by_user_id=313, colour="red")
    assert (note["id"] > 240121, note["deal"]["id"], note["comments"], note["created_by_user_id"]) == (True, 90412, {"entries": []}, 311)
    assert "colour" not in note


# --- what a change does ---


def test_only_what_is_sent_changes(mira: Client) -> None:
    before = mira.get("/notes/240112.json")
    after = changed(mira, 240112, title="Start")
    expected = {**before, "title": "Start", "updated_at": SHOWN}
    expected.pop("possible_notify_user_ids")
    assert after == expected


def test_null_clears(mira: Client) -> None:
    note = changed(mira, 240112, title=None, note_category_id=None)
    assert (note["title"], note["note_category_id"], note["note_category"]) == (None, None, None)


def test_a_change_to_what_it_was_leaves_its_date(mira: Client) -> None:
    assert changed(mira, 240112, title="Kick-off")["updated_at"] == "2018/06/12 09:30:15 -0500"


def test_a_note_follows_its_new_deal_to_its_company(mira: Client) -> None:
    note = changed(mira, 240118, deal_id=90417)
    assert (note["deal"]["name"], note["company_id"], note["company"]["name"]) == ("Turbine inspection kits", 5521, "Gannet Offshore")


def test_a_note_moves_from_a_deal_to_a_person(mira: Client) -> None:
    note = changed(mira, 240117, deal_id=None, person_id=70331)
    assert (note["deal"], note["primary_association_type"], note["primary_association_id"]) == (None, "Person", 70331)


@pytest.mark.parametrize("path", ["/deals/90417.json", "/companies/5521.json"])
def test_a_new_note_on_a_deal_touches_it_and_its_company(mira: Client, path: str) -> None:
    assert mira.get(path)["updated_at"] != SHOWN
    created(mira, deal_id=90417)
    assert mira.get(path)["updated_at"] == SHOWN


@pytest.mark.parametrize("path", ["/people/70352.json", "/companies/5523.json"])
def test_a_new_note_on_a_person_touches_them_and_their_company(mira: Client, path: str) -> None:
    created(mira, person_id=70352)
    assert mira.get(path)["updated_at"] == SHOWN


def test_a_changed_note_touches_its_deal_too(mira: Client) -> None:
    changed(mira, 240118, title="Nobody")
    assert mira.get("/deals/90413.json")["updated_at"] == SHOWN


def test_a_new_note_is_mailed_to_those_it_names_but_not_to_its_author(tomas: Client) -> None:
    note = created(tomas, deal_id=90412, notify_user_ids=[311, 312, 313])
    told = tomas.mails()
    assert sorted(mail["to_user_id"] for mail in told) == [311, 313]
    assert {mail["id"] for mail in told} == {note["id"]}


def test_a_refused_note_mails_nobody(tomas: Client) -> None:
    tomas.refused_fields(tomas.post, "/notes.json", {"note": {"content": " ", "deal_id": 90412, "notify_user_ids": [311]}})
    assert tomas.mails() == []


def test_a_deleted_note_is_gone_with_its_comments(mira: Client) -> None:
    mira.delete("/notes/240117.json")
    mira.get("/notes/240117.json", status=404)
    mira.get("/notes/240117/comments.json", status=404)
    assert 240117 not in mira.ids("/notes.json")


# --- what is refused ---


@pytest.mark.parametrize(
    ("attributes", "fields"),
    [
        ({"content": "", "deal_id": 90412}, ["content"]),
        ({"content": " \n", "deal_id": 90412}, ["content"]),
        ({"content": None, "deal_id": 90412}, ["content"]),
        ({"deal_id": 90412}, ["content"]),
        ({"content": "Hello", "deal_id": 99999}, ["deal_id"]),
        ({"content": "Hello", "person_id": 99999}, ["person_id"]),
        ({"content": "Hello", "company_id": 99999}, ["company_id"]),
        ({"content": "Hello", "deal_id": 90412, "note_category_id": 999}, ["note_category_id"]),
        ({"content": "Hello", "deal_id": 90412, "user_id": 999}, ["user_id"]),
        ({"content": "Hello", "deal_id": 90412, "notify_user_ids": [999]}, ["notify_user_ids"]),
    ],
)
def test_a_new_note_needs_content_and_ids_that_exist(mira: Client, attributes: dict[str, Any], fields: list[str]) -> None:
    assert mira.refused_fields(mira.post, "/notes.json", {"note": attributes}) == fields


def test_a_note_on_nothing_is_refused(mira: Client) -> None:
    mira.refused_fields(mira.post, "/notes.json", {"note": {"content": "Hello"}})
    mira.refused_fields(mira.put, "/notes/240120.json", {"note": {"company_id": None}})


def test_only_users_who_see_the_note_can_be_told(mira: Client) -> None:
    body = {"note": {"content": "Hello", "deal_id": 90416, "notify_user_ids": [313]}}  # a deal of Mira's own
    assert mira.refused_fields(mira.post, "/notes.json", body) == ["notify_user_ids"]
    body["note"]["notify_user_ids"] = [311]
    assert mira.post("/notes.json", body)["notify_user_ids"] == [311]


def test_words_of_a_refusal(mira: Client) -> None:
    blank = mira.post("/notes.json", {"note": {"content": " ", "deal_id": 90412}}, status=422)
    assert blank == [{"field": "content", "msg": "can't be blank", "humanized_field": "Content"}]
    unknown = mira.post("/notes.json", {"note": {"content": "Hello", "deal_id": 99999}}, status=422)
    assert [(one["field"], one["msg"]) for one in unknown] == [("deal_id", "is invalid")]


@pytest.mark.parametrize("key", [1, 99999, 999999999])
def test_an_unknown_note_is_not_found(mira: Client, key: int) -> None:
    told: list[Callable[[], Any]] = [
        lambda: mira.get(f"/notes/{key}.json", status=404),
        lambda: mira.put(f"/notes/{key}.json", {"note": {"content": ""}}, status=404),
        lambda: mira.delete(f"/notes/{key}.json", status=404),
    ]
    assert [ask() for ask in told] == [{"error": "Not found"}] * 3


# --- lists ---


def test_notes_are_listed_by_id(mira: Client) -> None:
    answer = mira.get("/notes.json")
    assert [note["id"] for note in answer["entries"]] == NOTES
    assert answer["pagination"] == {"page": 1, "page_var": "page", "per_page": 200, "pages": 1, "total": 14}


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"deal_id": 90412}, [240112, 240113, 240114, 240117]),
        ({"person_id": 70331}, [240104, 240108, 240109]),
        ({"company_id": 5522}, [240101]),
        ({"company_id": 5521}, [240115]),
        ({"conditions[deal_id]": "90413,90416"}, [240101, 240118]),
        ({"conditions[person_id]": "70346"}, [240116]),
        ({"conditions[company_id]": "5521,5522"}, [240101, 240115]),
        ({"conditions[note_category]": 82}, [240104, 240118]),
        ({"conditions[note_category][]": [82, 83]}, [240104, 240116, 240118, 240120]),
        ({"conditions[note_category][0]": 82, "conditions[note_category][1]": 83}, [240104, 240116, 240118, 240120]),
        ({"conditions[activity_modified][from_date]": "2018-06-13"}, [240117, 240121]),
        (
            {"conditions[activity_modified][from_date]": "2018-06-12", "conditions[activity_modified][to_date]": "2018-06-12"},
            [240109, 240112, 240118],
        ),
        ({"conditions[activity_created][to_date]": "2018-04-03"}, [240101, 240120]),
        ({"conditions[activity_modified][from_date]": "2018/06/13"}, [240117, 240121]),
        ({"deal_id": 90412, "conditions[note_category][]": [84]}, [240117]),
        ({"conditions[colour]": "red", "colour": "red"}, NOTES),
        ({"deal_id": 99999}, []),
    ],
)
def test_notes_are_filtered(mira: Client, query: dict[str, Any], keys: list[int]) -> None:
    assert mira.ids("/notes.json", query) == keys


def test_a_day_of_a_filter_is_the_callers(mira: Client, dee: Client) -> None:
    # 240104 was written at 15:04 in Chicago, which is 21:04 in Lisbon; a note of 19:00 in Chicago is of the next day in Lisbon.
    key = created(mira, company_id=5520, updated_at="2018-06-10 19:00:00")["id"]
    on = {"conditions[activity_modified][from_date]": "2018-06-11", "conditions[activity_modified][to_date]": "2018-06-11"}
    assert key not in mira.ids("/notes.json", on)
    assert key in dee.ids("/notes.json", on)


@pytest.mark.parametrize(
    ("sort", "first"),
    [("notes.created_at", 240101), ("-notes.created_at", 240117), ("-notes.updated_at", 240117), ("-notes.id", 240121), ("notes.colour", 240101)],
)
def test_notes_are_sorted(mira: Client, sort: str, first: int) -> None:
    assert mira.ids("/notes.json", {"sort": sort})[0] == first


def test_a_saved_search_lists_its_notes(tomas: Client) -> None:
    assert tomas.ids("/notes.json", {"search_id": 7744}) == [240108, 240117, 240121]


def test_a_saved_search_and_other_conditions_are_combined(tomas: Client) -> None:
    assert tomas.ids("/notes.json", {"search_id": 7744, "deal_id": 90412}) == [240117]


@pytest.mark.parametrize("search", [99999, 7742])
def test_an_unknown_search_and_one_of_deals_are_refused(tomas: Client, search: int) -> None:
    assert list(tomas.get("/notes.json", {"search_id": search}, status=422)) == ["errors"]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "invalid"},
        {"deal_id": "many"},
        {"conditions[activity_modified][from_date]": "yesterday"},
        {"conditions[note_category][]": "calls"},
    ],
)
def test_unreadable_parameters_are_refused(mira: Client, query: dict[str, Any]) -> None:
    answer = mira.get("/notes.json", query, status=422)
    assert list(answer) == ["errors"]
    assert all(isinstance(text, str) and text for text in answer["errors"])
    assert answer["errors"]


def test_pages_joined_are_the_list(mira: Client) -> None:
    pages = [mira.get("/notes.json", {"per_page": 4, "page": page}) for page in (1, 2, 3, 4, 5)]
    assert [note["id"] for page in pages for note in page["entries"]] == NOTES
    assert [len(page["entries"]) for page in pages] == [4, 4, 4, 2, 0]
    assert pages[4]["pagination"] == {"page": 5, "page_var": "page", "per_page": 4, "pages": 4, "total": 14}


def test_attrs_chooses_the_keys(mira: Client) -> None:
    assert mira.entries("/notes.json", {"attrs": "id,title,colour", "deal_id": 90424}) == [{"id": 240121, "title": "Room"}]
    assert mira.get("/notes/240121.json", {"attrs": "content"}) == {"content": "Ana books the room."}
    assert list(mira.post("/notes.json", {"note": {"content": "Hello", "deal_id": 90412}}, {"attrs": "id"})) == ["id"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/deals/90412/notes.json", {"deal_id": 90412}),
        ("/people/70331/notes.json", {"person_id": 70331}),
        ("/companies/5520/notes.json", {"company_id": 5520}),
    ],
)
def test_a_sub_collection_is_the_filtered_list(mira: Client, path: str, query: dict[str, Any]) -> None:
    assert mira.get(path) == mira.get("/notes.json", query)
    assert mira.entries(path)
    assert mira.ids(path, {"conditions[note_category][]": [84], "per_page": 1}) == mira.ids(
        "/notes.json", {**query, "conditions[note_category][]": [84], "per_page": 1}
    )


@pytest.mark.parametrize(
    ("path", "status"), [("/deals/99999/notes.json", 404), ("/people/99999/notes.json", 404), ("/companies/99999/notes.json", 403)]
)
def test_a_sub_collection_of_nothing_is_refused(mira: Client, path: str, status: int) -> None:
    assert list(mira.get(path, status=status)) == ["error"]


# --- who sees notes ---


def test_notes_on_what_the_caller_does_not_see_are_not_listed(dee: Client) -> None:
    assert dee.ids("/notes.json") == [240109, 240112, 240113, 240114, 240115, 240116, 240117, 240118, 240120]


def test_a_note_that_the_caller_does_not_see_is_not_found(dee: Client) -> None:
    dee.get("/notes/240101.json", status=404)
    dee.put("/notes/240101.json", {"note": {"title": "Mine"}}, status=404)
    dee.get("/deals/90416/notes.json", status=404)


def test_system_categories_are_categories_of_notes_and_no_lookups(mira: Client) -> None:
    assert mira.get("/notes/240113.json")["note_category"] == {"id": 4, "name": "Email"}
    assert {4, 3} & set(mira.ids("/admin/note_categories.json")) == set()
