"""Documents: the fetch of their address, what a write completes and refuses, their tags and types, and how they are listed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from mockserver.clock import FrozenClock
from tests.apis.pipelinedeals.client import Client
from tests.apis.pipelinedeals.moments import SHOWN

URL = "https://files.harborline.example/drawings/wiring.pdf"
LOST = "https://files.harborline.example/drawings/missing.pdf"


def created(client: Client, **attributes: Any) -> dict[str, Any]:
    body = {"title": "wiring.pdf", "url": URL, "deal_id": 90412, **attributes}
    made: dict[str, Any] = client.post("/documents.json", {"document": body})
    return made


def changed(client: Client, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/documents/{key}.json", {"document": attributes})
    return made


def upload(document: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(document[name] for name in ("upload_status", "upload_state", "upload_status_error_message"))


def test_a_document_is_shown_as_the_reference_prints_it(mira: Client) -> None:
    expected = {
        "id": 48207,
        "title": "mounting-plan.pdf",
        "owner_id": 312,
        "owner": {"id": 312, "first_name": "Tomas", "last_name": "Lindqvist"},
        "deal_id": 90412,
        "person_id": None,
        "company_id": 5520,
        "deal": {"id": 90412, "name": "Tide gauge refit"},
        "person": None,
        "company": {"id": 5520, "name": "Saltmarsh Survey Ltd"},
        "size_in_k": 214.6,
        "etag": "0f3c9a7be1d2485690abcde123456789",
        "upload_status": 2,
        "upload_state": "complete",
        "upload_status_error_message": None,
        "document_type": "pdfs",
        "document_tag_ids": [113],
        "document_tags": [{"id": 113, "name": "Proposal"}],
        "created_at": "2018/06/14 09:31:40 -0500",
        "updated_at": "2018/06/14 09:31:44 -0500",
    }
    document = mira.get("/documents/48207.json")
    assert {name: document[name] for name in expected} == expected
    link = r"https://files\.pipeline\.example/documents/48207/mounting-plan\.pdf\?Expires=[0-9]+&Signature=.+"
    assert re.fullmatch(link, document["public_link"])
    assert "url" not in document


def test_a_person_is_shown_by_first_and_last_name(mira: Client) -> None:
    assert mira.get("/documents/48201.json")["person"] == {"id": 70331, "first_name": "Ingrid", "last_name": "Vale"}


# --- the fetch ---


def test_a_new_document_is_pending(tomas: Client) -> None:
    document = created(tomas)
    assert upload(document) == (1, "pending", None)
    assert (document["size_in_k"], document["etag"], document["owner_id"], document["company_id"]) == (0, None, 312, 5520)
    assert (document["created_at"], document["document_tags"]) == (SHOWN, [])


def test_a_few_seconds_later_it_is_complete(tomas: Client, clock: FrozenClock) -> None:
    key = created(tomas)["id"]
    assert tomas.get(f"/documents/{key}.json")["upload_status"] == 1
    clock.move(timedelta(seconds=5))
    document = tomas.get(f"/documents/{key}.json")
    assert upload(document) == (2, "complete", None)
    assert document["size_in_k"] > 0
    assert re.fullmatch("[0-9a-f]{32}", document["etag"])


def test_the_list_shows_the_end_of_the_fetch_too(tomas: Client, clock: FrozenClock) -> None:
    key = created(tomas)["id"]
    clock.move(timedelta(seconds=5))
    assert {document["id"]: document["upload_state"] for document in tomas.entries("/documents.json")}[key] == "complete"


def test_an_address_that_leads_nowhere_ends_in_an_error(tomas: Client, clock: FrozenClock) -> None:
    key = created(tomas, url=LOST)["id"]
    clock.move(timedelta(seconds=5))
    document = tomas.get(f"/documents/{key}.json")
    assert upload(document) == (3, "error", "Server responded with 404 Not Found")
    assert (document["size_in_k"], document["etag"]) == (0, None)


def test_an_address_that_is_sent_again_is_fetched_again_while_size_and_etag_stay(tomas: Client, clock: FrozenClock) -> None:
    document = changed(tomas, 48207, url=URL)
    assert (document["upload_state"], document["size_in_k"], document["etag"]) == ("pending", 214.6, "0f3c9a7be1d2485690abcde123456789")
    clock.move(timedelta(seconds=5))
    after = tomas.get("/documents/48207.json")
    assert (after["upload_state"], after["etag"] == document["etag"]) == ("complete", False)


def test_the_old_error_stays_until_the_new_fetch_ends(dee: Client, clock: FrozenClock) -> None:
    assert upload(changed(dee, 48203, url=URL)) == (1, "pending", "Server responded with 404 Not Found")
    clock.move(timedelta(seconds=5))
    assert upload(dee.get("/documents/48203.json")) == (2, "complete", None)


def test_without_an_address_nothing_is_fetched(tomas: Client) -> None:
    assert upload(changed(tomas, 48207, document_tag_ids=[111])) == (2, "complete", None)


# --- writing ---


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("a.xlsx", "spreadsheets"),
        ("a.csv", "spreadsheets"),
        ("a.PNG", "images"),
        ("a.jpg", "images"),
        ("a.docx", "documents"),
        ("a.txt", "documents"),
        ("a.pdf", "pdfs"),
        ("a.pptx", "presentations"),
        ("a.bin", "others"),
        ("pdf", "others"),
        ("a.pdf.zip", "others"),
    ],
)
def test_the_end_of_the_title_tells_the_type(mira: Client, title: str, kind: str) -> None:
    assert created(mira, title=title)["document_type"] == kind


@pytest.mark.parametrize(
    ("of", "company"), [({"deal_id": 90417}, 5521), ({"deal_id": None, "company_id": 5525}, 5525), ({"deal_id": None, "person_id": 70361}, None)]
)
def test_the_company_is_that_of_the_deal(mira: Client, of: dict[str, Any], company: int | None) -> None:
    assert created(mira, **of)["company_id"] == company


@pytest.mark.parametrize(
    ("url", "title"), [("https://files.example/a%20plan.pdf?x=1", "a plan.pdf"), ("https://files.example", "document"), ("http://[files", "[files")]
)
def test_without_a_title_a_document_is_named_after_its_address(mira: Client, url: str, title: str) -> None:
    assert mira.post("/documents.json", {"document": {"url": url, "deal_id": 90412}})["title"] == title


def test_tags_are_replaced(mira: Client) -> None:
    document = changed(mira, 48200, document_tag_ids=[113])
    assert (document["document_tag_ids"], document["document_tags"]) == ([113], [{"id": 113, "name": "Proposal"}])
    assert changed(mira, 48200, document_tag_ids=[])["document_tags"] == []


def test_a_deleted_tag_leaves_its_documents(mira: Client) -> None:
    mira.delete("/admin/document_tags/112.json")
    assert mira.get("/documents/48200.json")["document_tag_ids"] == [114]


def test_another_title_needs_the_address_too(mira: Client) -> None:
    mira.refused_fields(mira.put, "/documents/48207.json", {"document": {"title": "plan.png"}})
    document = changed(mira, 48207, title="plan.png", url=URL)
    assert (document["title"], document["document_type"]) == ("plan.png", "images")


def test_a_document_sent_back_as_it_was_read_stays_as_it_is(mira: Client) -> None:
    before = mira.get("/documents/48207.json")
    assert changed(mira, 48207, **before) == before


def test_a_deleted_document_is_gone(mira: Client) -> None:
    mira.delete("/documents/48207.json")
    mira.get("/documents/48207.json", status=404)
    assert 48207 not in mira.ids("/documents.json")


def test_a_document_of_a_deleted_deal_alone_is_gone_and_another_loses_the_deal(mira: Client) -> None:
    mira.delete("/deals/90412.json")
    mira.delete("/deals/90424.json")
    assert mira.get("/documents/48207.json")["deal_id"] is None  # it is its company's, too
    mira.get("/documents/48205.json", status=404)


# --- what is refused ---


@pytest.mark.parametrize(
    ("attributes", "fields"),
    [
        ({"url": ""}, ["url"]),
        ({"url": " "}, ["url"]),
        ({"url": None}, ["url"]),
        ({"deal_id": 99999}, ["deal_id"]),
        ({"owner_id": 999}, ["owner_id"]),
        ({"document_tag_ids": [999]}, ["document_tag_ids"]),
    ],
)
def test_a_new_document_needs_an_address_and_ids_that_exist(mira: Client, attributes: dict[str, Any], fields: list[str]) -> None:
    body = {"document": {"title": "wiring.pdf", "url": URL, "deal_id": 90412, **attributes}}
    assert mira.refused_fields(mira.post, "/documents.json", body) == fields


def test_an_empty_envelope_is_refused(mira: Client) -> None:
    assert "url" in mira.refused_fields(mira.post, "/documents.json", {"document": {}})


def test_a_document_of_nothing_is_refused(mira: Client) -> None:
    mira.refused_fields(mira.post, "/documents.json", {"document": {"title": "wiring.pdf", "url": URL}})
    mira.refused_fields(mira.put, "/documents/48203.json", {"document": {"company_id": None}})


def test_the_address_cannot_be_blanked(mira: Client) -> None:
    assert mira.refused_fields(mira.put, "/documents/48207.json", {"document": {"url": ""}}) == ["url"]


def test_an_unknown_document_is_not_found(mira: Client) -> None:
    path = "/documents/99999.json"
    told = [mira.get(path, status=404), mira.put(path, {"document": {"url": ""}}, status=404), mira.delete(path, status=404)]
    assert told == [{"error": "Not found"}] * 3


# --- lists ---

ALL = [48207, 48205, 48204, 48203, 48201, 48200, 48198, 48195]


def test_documents_are_listed_the_newest_first(mira: Client) -> None:
    answer = mira.get("/documents.json")
    assert [document["id"] for document in answer["entries"]] == ALL
    assert answer["pagination"] == {"page": 1, "page_var": "page", "per_page": 200, "pages": 1, "total": 8}


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"conditions[document_name]": "PLAN"}, [48207, 48203]),
        ({"conditions[document_type]": "pdfs"}, [48207, 48203]),
        ({"conditions[document_type]": "documents"}, [48201, 48200]),
        ({"conditions[document_type]": "others"}, [48205]),
        ({"conditions[document_type]": "all"}, ALL),
        ({"conditions[document_owner]": 311}, [48205, 48195]),
        ({"conditions[associated_with]": "all"}, ALL),
        ({"conditions[associated_with]": "deals"}, [48207, 48205, 48200, 48198, 48195]),
        ({"conditions[associated_with]": "people"}, [48204, 48201]),
        ({"conditions[associated_with]": "companies"}, [48203]),
        ({"conditions[document_uploaded][from_date]": "2018-06-09"}, [48207, 48205, 48204]),
        ({"conditions[document_uploaded][from_date]": "2018-05-21", "conditions[document_uploaded][to_date]": "2018-05-25"}, [48200, 48198]),
        ({"conditions[document_modified][to_date]": "2018-05-21"}, [48198, 48195]),
        ({"conditions[document_modified][from_date]": "2018-06-12", "conditions[document_modified][to_date]": "2018-06-12"}, [48200]),
        ({"deal_id": 90412}, [48207, 48198]),
        ({"person_id": 70331}, [48201]),
        ({"company_id": 5521}, [48203]),
        ({"calendar_entry_id": 155305}, [48198]),
        ({"deal_id": 90412, "conditions[document_type]": "images"}, [48198]),
    ],
)
def test_documents_are_filtered(mira: Client, query: dict[str, Any], keys: list[int]) -> None:
    assert mira.ids("/documents.json", query) == keys


def test_the_kinds_of_associations_that_no_document_has_find_none(mira: Client) -> None:
    assert [mira.ids("/documents.json", {"conditions[associated_with]": kind}) for kind in ("email", "shared")] == [[], []]


@pytest.mark.parametrize("query", [{"page": "invalid"}, {"conditions[document_type]": "songs"}, {"conditions[document_uploaded][from_date]": "x"}])
def test_unreadable_parameters_are_refused(mira: Client, query: dict[str, Any]) -> None:
    assert list(mira.get("/documents.json", query, status=422)) == ["errors"]


def test_attrs_chooses_the_keys(mira: Client) -> None:
    assert mira.entries("/documents.json", {"attrs": "id,title", "deal_id": 90416}) == [{"id": 48195, "title": "price list.xlsx"}]


def test_documents_of_what_the_caller_does_not_see_are_not_listed(dee: Client) -> None:
    assert dee.ids("/documents.json") == [48207, 48204, 48203, 48198]
    dee.get("/documents/48200.json", status=404)
