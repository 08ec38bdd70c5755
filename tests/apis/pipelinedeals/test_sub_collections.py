"""Lists below a deal, a person or a company: what is in them, that they are the children's own lists, and what a missing parent answers."""

import pytest

from tests.apis.pipelinedeals.client import Client

CONTENTS = [
    ("/deals/90412/notes.json", [240112, 240113, 240114, 240117]),
    ("/deals/90412/people.json", [70346, 70331, 70352]),
    ("/deals/90412/calendar_entries.json", [155298, 155305, 155310, 155330, 155331]),
    ("/people/70352/deals.json", [90412, 90413, 90414, 90415]),
    ("/people/70331/notes.json", [240104, 240108, 240109]),
    ("/people/70331/calendar_entries.json", [155306, 155309, 155314, 155315]),
    ("/companies/5520/deals.json", [90412, 90413, 90415]),
    ("/companies/5520/people.json", [70346, 70331, 70382]),
    ("/companies/5520/notes.json", [240104, 240108, 240109, 240112, 240113, 240114, 240116, 240117, 240118, 240120]),
    (
        "/companies/5520/calendar_entries.json",
        [155298, 155305, 155306, 155309, 155310, 155311, 155314, 155315, 155320, 155321, 155322, 155330, 155331],
    ),
]
PATHS = [path for path, _ in CONTENTS]


@pytest.mark.parametrize(("path", "keys"), CONTENTS)
def test_a_parent_lists_its_children_in_their_usual_order(mira: Client, path: str, keys: list[int]) -> None:
    assert mira.ids(path) == keys


@pytest.mark.parametrize(
    ("path", "own", "parent"),
    [
        ("/deals/90412/notes.json", "/notes.json", {"deal_id": 90412}),
        ("/deals/90412/people.json", "/people.json", {"deal_id": 90412}),
        ("/deals/90412/calendar_entries.json", "/calendar_entries.json", {"deal_id": 90412}),
        ("/people/70331/notes.json", "/notes.json", {"person_id": 70331}),
        ("/people/70331/calendar_entries.json", "/calendar_entries.json", {"person_id": 70331}),
        ("/companies/5520/deals.json", "/deals.json", {"company_id": 5520}),
        ("/companies/5520/people.json", "/people.json", {"company_id": 5520}),
        ("/companies/5520/notes.json", "/notes.json", {"company_id": 5520}),
        ("/companies/5520/calendar_entries.json", "/calendar_entries.json", {"company_id": 5520}),
    ],
)
def test_the_childrens_own_list_of_a_parent_answers_the_same(mira: Client, path: str, own: str, parent: dict[str, int]) -> None:
    assert mira.get(path) == mira.get(own, parent)


@pytest.mark.parametrize(("path", "keys"), CONTENTS)
def test_children_come_in_pages(mira: Client, path: str, keys: list[int]) -> None:
    answer = mira.get(path, {"page": 2, "per_page": 2})
    assert [entry["id"] for entry in answer["entries"]] == keys[2:4]
    assert answer["pagination"] == {"page": 2, "page_var": "page", "per_page": 2, "pages": (len(keys) + 1) // 2, "total": len(keys)}


@pytest.mark.parametrize(("path", "keys"), CONTENTS)
def test_children_are_thinned_out(mira: Client, path: str, keys: list[int]) -> None:
    assert mira.entries(path, {"attrs": "id,wings"}) == [{"id": key} for key in keys]


@pytest.mark.parametrize(
    ("path", "query", "keys"),
    [
        ("/deals/90412/people.json", {"conditions[person_type]": "Lead"}, [70346]),
        ("/people/70352/deals.json", {"conditions[deal_stage][]": ["44", "46"]}, [90412, 90415]),
        ("/people/70352/deals.json", {"sort": "deals.name"}, [90415, 90414, 90413, 90412]),
        ("/companies/5520/deals.json", {"conditions[deal_value][from]": "7000"}, [90412, 90413]),
        ("/companies/5520/people.json", {"conditions[person_position]": "survey"}, [70346, 70382]),
        ("/companies/5520/people.json", {"deal_id": "90412"}, [70346, 70331]),
        ("/companies/5521/deals.json", {"search_id": "7742"}, [90417]),
        ("/companies/5520/notes.json", {"deal_id": "90413"}, [240118]),
        ("/companies/5520/calendar_entries.json", {"conditions[kind]": "event"}, [155305, 155309, 155314, 155320, 155321, 155322]),
        ("/deals/90412/calendar_entries.json", {"conditions[incomplete]": "true"}, [155298, 155310, 155330, 155331]),
        ("/people/70331/calendar_entries.json", {"conditions[completed]": "true"}, [155309]),
    ],
)
def test_children_take_the_parameters_of_their_own_list(mira: Client, path: str, query: dict[str, str], keys: list[int]) -> None:
    assert mira.ids(path, query) == keys


@pytest.mark.parametrize(
    ("path", "own", "query"),
    [
        *(
            ("/companies/5520/calendar_entries.json", "/calendar_entries.json?company_id=5520", query)
            for query in (
                "conditions[named]=Site visit",
                "conditions[kind]=task",
                "conditions[owner_id]=313",
                "conditions[completed]=true",
                "conditions[incomplete]=true",
                "conditions[late]=true",
                "conditions[today]=true",
                "conditions[tomorrow]=true",
                "conditions[this_week]=true",
                "conditions[next_week]=true",
                "conditions[future]=true",
                "conditions[within][from_date]=2018-06-01",
                "conditions[within][to_date]=2018-06-20",
                "conditions[starting_at]=2018-05-21 10:00:00",
                "conditions[ending_at]=2018-05-21 12:30:00",
                "conditions[recurrences_of]=155320",
                "conditions[non_recurring]=true",
                "conditions[base_entries]=true",
                "conditions[include_inactive]=true",
                "conditions[calendar_entry_modified][from_date]=2018-06-12",
                "search_id=7745",
                "deal_id=90412",
                "person_id=70331",
            )
        ),
        *(
            ("/companies/5520/notes.json", "/notes.json?company_id=5520", query)
            for query in (
                "conditions[activity_modified][from_date]=2018-06-12",
                "conditions[activity_modified][to_date]=2018-05-28",
                "conditions[activity_created][from_date]=2018-06-01",
                "conditions[note_category]=84",
                "conditions[deal_id]=90413",
                "conditions[person_id]=70331,70346",
                "person_id=70331",
                "search_id=7744",
            )
        ),
        ("/deals/90412/notes.json", "/notes.json?deal_id=90412", "search_id=7744"),
        ("/deals/90412/notes.json", "/notes.json?deal_id=90412", "conditions[activity_modified][from_date]=2018-06-12"),
        ("/people/70331/notes.json", "/notes.json?person_id=70331", "search_id=7744"),
        ("/deals/90412/calendar_entries.json", "/calendar_entries.json?deal_id=90412", "conditions[base_entries]=true"),
        ("/people/70331/calendar_entries.json", "/calendar_entries.json?person_id=70331", "conditions[today]=true"),
        ("/people/70331/calendar_entries.json", "/calendar_entries.json?person_id=70331", "search_id=7745"),
        ("/deals/90412/people.json", "/people.json?deal_id=90412", "company_id=5520"),
    ],
)
def test_what_narrows_the_childrens_own_list_narrows_them_below_a_parent(mira: Client, path: str, own: str, query: str) -> None:
    everything, (bare, parent) = mira.ids(path), own.split("?")
    narrowed = mira.ids(bare, f"{parent}&{query}")
    assert mira.ids(path, query) == narrowed != everything


def test_the_deals_of_a_person_are_summed_up(mira: Client) -> None:
    assert mira.get("/people/70352/deals.json", {"totals": "true", "per_page": "1"})["totals"]["value"] == "62650.5"


@pytest.mark.parametrize("path", [path for path in PATHS if "companies" not in path])
def test_a_missing_deal_or_person_is_not_found(mira: Client, path: str) -> None:
    parts = path.split("/")
    assert mira.get("/".join([*parts[:2], "99", *parts[3:]]), status=404) == {"error": "Not found"}


@pytest.mark.parametrize("children", ["deals", "people", "notes", "calendar_entries"])
def test_a_missing_company_is_forbidden(mira: Client, children: str) -> None:
    assert mira.get(f"/companies/99/{children}.json", status=403) == {"error": "Permission denied"}


@pytest.mark.parametrize("path", ["/deals/90423/people.json", "/people/70379/deals.json", "/people/70382/notes.json", "/companies/5527/notes.json"])
def test_a_parent_without_children_lists_one_empty_page(mira: Client, path: str) -> None:
    assert mira.get(path) == {"entries": [], "pagination": {"page": 1, "page_var": "page", "per_page": 200, "pages": 1, "total": 0}}


def test_what_is_added_to_a_parent_is_among_its_children(mira: Client) -> None:
    deal = mira.post("/deals.json", {"deal": {"name": "Lamp", "company_id": 5524, "person_ids": [70379]}})["id"]
    assert mira.ids("/companies/5524/deals.json") == [deal, 90422]
    assert mira.ids("/people/70379/deals.json") == [deal]
    assert mira.ids(f"/deals/{deal}/people.json") == [70379]


def test_the_entries_of_a_company_hold_those_of_its_deals_and_people(mira: Client) -> None:
    for kind, key in (("Deal", 90422), ("Person", 70373), ("Company", 5524)):
        mira.post(
            "/calendar_entries.json", {"calendar_entry": {"type": "CalendarTask", "name": kind, "association_type": kind, "association_id": key}}
        )
    assert [entry["name"] for entry in mira.entries("/companies/5524/calendar_entries.json")] == ["Deal", "Person", "Company"]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_that_is_no_number_is_refused(mira: Client, path: str) -> None:
    assert list(mira.get(path, {"page": "first"}, status=422)) == ["errors"]
