"""Saved searches: whose they are, and what a list answers with `search_id`."""

import pytest

from tests.apis.pipelinedeals.client import DEE, MIRA, TOMAS, Client


@pytest.mark.parametrize(("user", "keys"), [(MIRA, [7741, 7742, 7743, 7744, 7745]), (TOMAS, [7741, 7742, 7744]), (DEE, [7741, 7742, 7744, 7746])])
def test_users_see_their_own_searches_and_shared_ones(mira: Client, user: int, keys: list[int]) -> None:
    assert mira.as_user(user).ids("/searches.json") == keys


def test_a_search_is_shown_with_its_query_and_order(mira: Client) -> None:
    assert mira.entries("/searches.json")[0] == {
        "id": 7741,
        "user_id": 312,
        "name": "Warm leads up north",
        "is_shared": True,
        "is_default": False,
        "query": {"person_status": [75], "person_owner": [312]},
        "columns": ["person_full_name", "person_email", "person_status"],
        "sort": "-people.updated_at",
        "search_type": "people",
        "is_sentence_search": False,
        "is_starred": False,
    }


def test_searches_come_in_pages_and_thinned_out(mira: Client) -> None:
    answer = mira.get("/searches.json", {"per_page": 2, "page": 2, "attrs": "id,name"})
    assert answer["entries"] == [{"id": 7743, "name": "Companies of Tomas"}, {"id": 7744, "name": "Calls noted"}]
    assert answer["pagination"] == {"page": 2, "page_var": "page", "per_page": 2, "pages": 3, "total": 5}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_searches_are_not_written(mira: Client, method: str) -> None:
    assert mira.send(method, "/searches.json").status_code == 405


# --- search_id ---


@pytest.mark.parametrize(
    ("path", "search", "keys"),
    [
        ("/people.json", 7741, [70331]),
        ("/deals.json", 7742, [90421, 90419, 90416, 90414, 90413, 90412, 90417]),
        ("/companies.json", 7743, [5520, 5525]),
        ("/notes.json", 7744, [240108, 240117, 240121]),
        ("/calendar_entries.json", 7745, [155298, 155306, 155308, 155310, 155311, 155315, 155317, 155318, 155330, 155331]),
    ],
)
def test_a_list_answers_a_search_with_its_conditions_and_order(mira: Client, path: str, search: int, keys: list[int]) -> None:
    answer = mira.get(path, {"search_id": search})
    assert [entry["id"] for entry in answer["entries"]] == keys
    assert answer["pagination"]["total"] == len(keys)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"conditions[deal_owner]": "313"}, [90421, 90413, 90417]),
        ({"conditions[deal_stage]": "44"}, [90419, 90412]),
        ({"conditions[deal_value][from]": "0", "conditions[deal_value][to]": "13000"}, [90416, 90413]),
        ({"conditions[deal_stage]": "41"}, []),
        ({"company_id": "5520"}, [90413, 90412]),
    ],
)
def test_conditions_narrow_a_search(mira: Client, query: dict[str, str], keys: list[int]) -> None:
    assert mira.ids("/deals.json", {"search_id": "7742", **query}) == keys


def test_a_sort_that_is_sent_wins(mira: Client) -> None:
    assert mira.ids("/deals.json", {"search_id": "7742", "sort": "-deals.name"}) == [90417, 90412, 90413, 90414, 90416, 90419, 90421]


def test_a_search_comes_in_pages(mira: Client) -> None:
    assert mira.ids("/deals.json", {"search_id": "7742", "per_page": "3", "page": "2"}) == [90414, 90413, 90412]


def test_totals_are_those_of_the_search(mira: Client) -> None:
    assert mira.get("/deals.json", {"search_id": "7742", "totals": "true", "conditions[deal_stage]": "45"})["totals"]["value"] == "96000.0"


def test_a_shared_search_finds_what_the_caller_sees(dee: Client) -> None:
    assert dee.ids("/deals.json", {"search_id": "7742"}) == [90421, 90413, 90412, 90417]


@pytest.mark.parametrize(
    ("user", "path", "search"),
    [
        (MIRA, "/deals.json", "9999"),
        (MIRA, "/deals.json", "7741"),
        (MIRA, "/people.json", "7742"),
        (TOMAS, "/deals.json", "7746"),
        (MIRA, "/deals.json", "x"),
    ],
)
def test_a_search_of_another_kind_or_of_nobody_is_refused(mira: Client, user: int, path: str, search: str) -> None:
    assert list(mira.as_user(user).get(path, {"search_id": search}, status=422)) == ["errors"]


def test_an_own_search_needs_no_sharing(dee: Client) -> None:
    assert dee.ids("/deals.json", {"search_id": "7746"}) == [90421, 90413, 90417, 90418]
