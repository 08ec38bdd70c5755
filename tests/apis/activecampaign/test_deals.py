"""Deals: completion, activities, refusals, searches, orders and who sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.apis.activecampaign.deals import next_action
from mockserver.refusals import Category, Refusal
from tests.apis.activecampaign.account import Account

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)
NEW = {"title": "Spring kites", "value": 500, "currency": "usd", "contact": "31", "group": "3", "owner": "4"}


def created(account: Account, **attributes: Any) -> dict[str, Any]:
    body = {name: value for name, value in {**NEW, **attributes}.items() if value is not ...}
    made: dict[str, Any] = account.call("create_deal", body={"deal": body})["deal"]
    return made


# --- a new deal ---


@pytest.mark.parametrize("stage", [..., None])
def test_a_new_deal_without_a_stage_begins_in_the_first_of_its_pipeline(account: Account, stage: Any) -> None:
    assert created(account, group="7", stage=stage)["stage"] == "21"


def test_of_first_stages_with_the_same_order_the_oldest_is_first(account: Account) -> None:
    account.call("update_deal_stage", 12, body={"dealStage": {"order": 1}})
    assert created(account)["stage"] == "11"


def test_a_new_deal_without_a_pipeline_belongs_to_that_of_its_stage(account: Account) -> None:
    assert created(account, group=..., stage=18)["group"] == "5"


def test_a_new_deal_counts_one_activity_though_two_are_written(account: Account) -> None:
    key = int(created(account)["id"])
    assert account.activities(key) == [("", "add", "", 0), ("contact", "add", "", 31)]
    assert account.deal(key)["activitycount"] == 1


def test_a_new_deal_of_an_account_alone_has_no_contact_activity(account: Account) -> None:
    answer = account.call("create_deal", body={"deal": {**{k: v for k, v in NEW.items() if k != "contact"}, "account": 9}})
    assert answer["contacts"] == []
    assert answer["deal"]["account"] == 9
    assert answer["deal"]["organization"] == answer["deal"]["customerAccount"] == "9"
    assert account.activities(int(answer["deal"]["id"])) == [("", "add", "", 0)]


def test_a_new_deal_keeps_its_own_id_as_nextdealid_and_answers_zero(account: Account) -> None:
    made = created(account)
    assert made["nextdealid"] == "0"
    assert account.deal(int(made["id"]))["nextdealid"] == int(made["id"])


def test_a_fraction_of_value_is_echoed_and_cut_off_and_the_currency_is_kept_in_lower_case(account: Account) -> None:
    made = created(account, value=156.24, currency="USD")
    assert (made["value"], made["currency"]) == (156.24, "USD")
    assert (account.deal(int(made["id"]))["value"], account.deal(int(made["id"]))["currency"]) == (156, "usd")


def test_two_worlds_give_the_same_hash_to_the_same_deal(account: Account) -> None:
    other = Account(account.service)
    assert created(account)["hash"] == created(other)["hash"]
    assert created(account)["hash"] != created(account)["hash"]


def test_custom_field_values_are_echoed_and_saved(account: Account) -> None:
    made = created(account, fields=[{"customFieldId": "6", "fieldValue": 25000, "fieldCurrency": "EUR"}, {"customFieldId": 5, "fieldValue": "Large"}])
    key = int(made["id"])
    assert made["fields"] == [
        {"customFieldId": "6", "fieldValue": 25000, "fieldCurrency": "EUR", "dealId": made["id"]},
        {"customFieldId": 5, "fieldValue": "Large", "dealId": made["id"]},
    ]
    assert made["customFieldSaveStatus"] == {"status": "success"}
    saved = account.store["dealCustomFieldData"].where("dealId", key)
    assert [(one["customFieldId"], one["fieldValue"], one["fieldCurrency"]) for one in saved] == [(6, 25000, "eur"), (5, "Large", None)]


@pytest.mark.parametrize(
    ("attributes", "reasons"),
    [
        ({"stage": "17"}, [("/deal/stage", "foreign-stage")]),
        ({"group": "6"}, [("/deal/stage", "required")]),
        ({"group": "5", "owner": ...}, [("/deal/owner", "required")]),
        ({"group": "99"}, [("/deal/group", "related")]),
        ({"group": "99", "owner": ...}, [("/deal/group", "related")]),
        ({"group": ..., "stage": "99"}, [("/deal/stage", "related")]),
        ({"contact": "99", "account": 99, "owner": 99}, [("/deal/contact", "related"), ("/deal/account", "related"), ("/deal/owner", "related")]),
        (
            {"fields": [{"customFieldId": 5, "fieldValue": "S"}, {"customFieldId": 99, "fieldValue": 1}]},
            [("/deal/fields/1/customFieldId", "related")],
        ),
        ({"fields": [{"customFieldId": 1, "fieldValue": "red"}]}, [("/deal/fields/0/fieldValue", "unfit-value")]),
    ],
)
def test_a_new_deal_that_cannot_be_is_refused(account: Account, attributes: dict[str, Any], reasons: list[tuple[str, str]]) -> None:
    body = {name: value for name, value in {**NEW, **attributes}.items() if value is not ...}
    assert account.refusals("create_deal", body={"deal": body}) == reasons


# --- a written deal ---


@pytest.mark.parametrize(
    ("changes", "activities"),
    [
        ({"stage": "13"}, [("d_stageid", "13", "12", 0)]),
        ({"group": 5, "stage": 18}, [("d_groupid", "5", "3", 0), ("d_stageid", "18", "12", 0)]),
        ({"status": 1}, [("status", "1", "0", 0)]),
        ({"owner": "6"}, [("userid", "6", "4", 0)]),
        ({"title": "Kites"}, [("title", "Kites", "Autumn kite order", 0)]),
        ({"value": "99.9"}, [("value", "99", "1849900", 0)]),
        ({"currency": "EUR"}, [("currency", "eur", "usd", 0)]),
        ({"percent": None, "description": None}, [("percent", "0", "35", 0), ("description", "", "120 delta kites, custom print", 0)]),
    ],
)
def test_each_changed_attribute_leaves_an_activity_that_counts(account: Account, changes: dict[str, Any], activities: list[tuple[Any, ...]]) -> None:
    account.call("update_deal", 207, body={"deal": changes})
    assert account.activities(207) == activities
    assert account.deal(207)["activitycount"] == 4 + len(activities)
    assert account.deal(207)["mdate"] == NOW


def test_the_activity_of_a_stage_names_the_stage_and_the_caller(account: Account) -> None:
    account.call("update_deal", 207, body={"deal": {"stage": 13, "status": 2}}, caller=6)
    told = account.call("list_activities_of_deal", 207, query={"orders[cdate]": "DESC", "limit": "2"})["dealActivities"]
    assert [(one["d_stageid"], one["stage"], one["userid"]) for one in told] == [("13", "13", "6"), ("0", None, "6")]


def test_the_same_once_more_leaves_no_activity_and_moves_mdate(account: Account) -> None:
    account.call("update_deal", 207, body={"deal": {"stage": "12", "title": "Autumn kite order", "value": 1849900, "owner": 4, "status": "0"}})
    assert account.activities(207) == []
    assert (account.deal(207)["activitycount"], account.deal(207)["mdate"]) == (4, NOW)


def test_another_primary_contact_is_told_but_not_counted(account: Account) -> None:
    answer = account.call("update_deal", 207, body={"deal": {"contact": 35}})
    assert [contact["id"] for contact in answer["contacts"]] == ["35"]
    assert account.activities(207) == [("contact", "add", "", 35)]
    assert account.deal(207)["activitycount"] == 4


@pytest.mark.parametrize(
    ("key", "changes", "reasons"),
    [
        (207, {"stage": 18}, [("/deal/stage", "foreign-stage")]),
        (207, {"group": 5}, [("/deal/stage", "foreign-stage")]),
        (207, {"stage": 99}, [("/deal/stage", "related")]),
        (207, {"contact": None, "account": None}, [("/deal/contact", "required")]),
        (199, {"account": None}, [("/deal/account", "required")]),
        (207, {"fields": [{"customFieldId": "9", "fieldValue": "many"}]}, [("/deal/fields/0/fieldValue", "unfit-value")]),
    ],
)
def test_an_update_that_cannot_be_is_refused(account: Account, key: int, changes: dict[str, Any], reasons: list[tuple[str, str]]) -> None:
    assert account.refusals("update_deal", key, body={"deal": changes}) == reasons


def test_a_deal_may_lose_its_contact_while_it_has_an_account(account: Account) -> None:
    assert account.call("update_deal", 207, body={"deal": {"contact": None}})["deal"]["contact"] is None


def test_fields_of_an_update_leave_other_values(account: Account) -> None:
    account.call("update_deal", 207, body={"deal": {"fields": [{"customFieldId": 5, "fieldValue": "Small"}]}})
    saved = account.store["dealCustomFieldData"].where("dealId", 207)
    assert [(one["id"], one["fieldValue"]) for one in saved] == [(64, "Small"), (65, 25000), (66, ["Print", "Bag"])]
    assert account.deal(207)["mdate"] == NOW
    assert account.activities(207) == []


def test_a_deal_takes_all_that_is_below_it_along(account: Account) -> None:
    account.call("create_deal_note", 207, body={"note": {"note": "Blue"}})
    account.call("delete_deal", 207)
    store = account.store
    assert store["deals"].get(207) is None
    assert [store[name].where("deal", 207) for name in ("contactDeals", "dealActivities", "scoreValues")] == [[], [], []]
    assert store["dealCustomFieldData"].where("dealId", 207) == []
    assert [one["reltype"] for name in ("dealTasks", "notes") for one in store[name].where("relid", 207)] == []
    assert account.call("list_deals")["meta"]["total"] == 43


# --- owners of many ---


def test_a_bulk_update_tells_what_became_of_each_deal(account: Account) -> None:
    rows = [{"id": "207", "ownerId": "6"}, {"id": 208, "ownerId": 6}, {"id": "99999999", "ownerId": 6}, {"id": 207, "ownerId": 6}]
    answer = account.call("bulk_update_deals", body={"deals": rows})
    assert answer == {"success": ["207"], "nochange": ["208", "207"], "failed": ["99999999"]}
    assert account.activities(207) == [("userid", "6", "4", 0)]
    assert account.activities(208) == []
    assert account.deal(207)["mdate"] == NOW


def test_a_bulk_update_without_deals_changes_nothing(account: Account) -> None:
    assert account.call("bulk_update_deals", body={}) == {"success": [], "nochange": [], "failed": []}


def test_an_unknown_owner_refuses_the_whole_bulk_update(account: Account) -> None:
    rows = [{"id": "207", "ownerId": "6"}, {"id": "208", "ownerId": "999"}]
    with pytest.raises(Refusal) as refusal:
        account.call("bulk_update_deals", body={"deals": rows})
    reason = refusal.value.violations[0]
    assert (refusal.value.category, refusal.value.status) == (Category.RULE, 422)
    assert (reason.pointer, reason.code, dict(reason.values)) == ("/deals/1/ownerId", "unknown-owner", {"owner": 999, "deal": 208})
    assert account.deal(207)["owner"] == 4


# --- derived properties ---


@pytest.mark.parametrize(("key", "shown"), [(207, {"nextTask": "412"}), (208, {"nextTask": None}), (181, {})])
def test_next_task_is_absent_null_or_an_id(account: Account, key: int, shown: dict[str, Any]) -> None:
    deal = account.call("get_deal", key)["deal"]
    assert {name: value for name, value in deal.items() if name == "nextTask"} == shown
    assert deal["nexttaskid"] == {207: "412", 208: "0", 181: None}[key]


def test_meta_sums_what_matches_by_currency(account: Account) -> None:
    meta = account.call("list_deals", query={"filters[group]": "3", "filters[status]": "1", "limit": "1"})["meta"]
    assert meta == {"currencies": {"USD": {"total": "3", "value": "1775000", "currency": "USD", "isDisabled": False}}, "total": 3}


def test_meta_lists_currencies_in_order_and_an_empty_array_for_none(account: Account) -> None:
    assert list(account.call("list_deals")["meta"]["currencies"]) == ["CAD", "EUR", "GBP", "JPY", "USD"]
    assert account.call("list_deals", query={"filters[stage]": "99"})["meta"] == {"currencies": [], "total": 0}


# --- filters ---


@pytest.mark.parametrize(
    ("search", "field", "found"),
    [
        ("KITE ORDER", "title", [207, 208]),
        ("marta", "contact", [180, 207, 213, 219]),
        ("Marta Ilv", "contact", [207, 219]),
        ("marta de la", "contact", [213]),
        ("Ilves", "contact", []),
        ("drachen", "org", [187, 190, 191]),
        ("harbor kite", "org", [205, 207, 208, 219, 220]),
        ("fjord", None, [186, 192, 206, 209]),
        ("kaya", None, []),
        ("Elif Kaya", None, [205, 220]),
    ],
)
def test_search_looks_where_the_search_field_says(account: Account, search: str, field: str | None, found: list[int]) -> None:
    where = {} if field is None else {"filters[search_field]": field}
    assert account.keys("list_deals", "deals", {"filters[search]": search, **where}) == found


def test_next_task_due_looks_at_the_next_open_task(account: Account) -> None:
    found = {word: account.keys("list_deals", "deals", {"filters[nextdate_range]": word}) for word in ("upcoming", "scheduled", "overdue", "no-task")}
    assert found["upcoming"] == [184, 198, 205, 222]
    assert found["overdue"] == [194, 210, 214]
    assert 207 in found["scheduled"]
    assert {211, 208, 181} <= set(found["no-task"])
    assert sorted(key for keys in found.values() for key in keys) == account.keys("list_deals", "deals")


def test_tags_are_those_of_the_primary_contact(account: Account) -> None:
    tagged, untagged = (set(account.keys("list_deals", "deals", {"filters[tag]": tag})) for tag in ("-1", "-2"))
    assert account.keys("list_deals", "deals", {"filters[tag]": "3"}) == [207, 219]
    assert account.keys("list_deals", "deals", {"filters[tag]": "0"}) == []
    assert {196, 199, 223} <= untagged  # have no contact
    assert tagged & untagged == set()
    assert sorted(tagged | untagged) == account.keys("list_deals", "deals")


def test_an_organization_is_the_contacts_or_the_deals_own(account: Account) -> None:
    assert account.keys("list_deals", "deals", {"filters[organization]": "9"}) == [205, 207, 208, 219, 220]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("score_greater_than", "1:40", [185, 187, 207, 208]),
        ("score_less_than", "1:10", [200, 218]),
        ("score", "1:40", [210]),
        ("score", "1:-5", [218]),
        ("score", "2:40", []),
    ],
)
def test_scores_are_compared_and_deals_without_one_do_not_match(account: Account, name: str, value: str, found: list[int]) -> None:
    assert account.keys("list_deals", "deals", {f"filters[{name}]": value}) == found


# --- orders ---


def test_next_action_is_the_future_then_none_then_the_past(account: Account) -> None:
    keys = account.keys("list_deals", "deals", {"orders[next-action]": "ASC"})
    places = [next_action(account.session())(account.deal(key)) for key in keys]
    assert places == sorted(places)
    assert [place[0] for place in places] == sorted(place[0] for place in places)
    assert keys[0] == 222
    assert keys[-3:] == [194, 210, 214]
    assert account.keys("list_deals", "deals", {"orders[next-action]": "DESC"})[0] in (210, 214)


def test_a_task_due_now_is_still_ahead(account: Account) -> None:
    session = account.session()
    place = next_action(session)
    deal = account.deal(207)
    assert [place({**deal, "nextdate": NOW + timedelta(seconds=late)})[0] for late in (-1, 0, 1)] == [2, 0, 0]


def test_organization_names_order_without_regard_to_case_and_none_comes_first(account: Account) -> None:
    keys = account.keys("list_deals", "deals", {"orders[contact_orgname]": "ASC"})
    names = []
    for key in keys:
        contact = account.store["contacts"].get(account.deal(key)["contact"] or 0)
        of_contact, of_deal = (account.store["accounts"].get((one or {}).get("account") or 0) for one in (contact, account.deal(key)))
        names.append((of_contact or of_deal or {"name": ""})["name"].casefold())
    assert names == sorted(names)


# --- visibility ---


def test_an_administrator_sees_every_deal_whole(account: Account) -> None:
    assert all(not deal["isDisabled"] and "value" in deal for deal in account.call("list_deals", query={"limit": "100"})["deals"])


def test_a_deal_of_a_pipeline_that_none_of_the_callers_groups_may_manage_is_a_stub(account: Account) -> None:
    deals = account.call("list_deals", query={"limit": "100"}, caller=4)["deals"]
    stubs = [int(deal["id"]) for deal in deals if deal["isDisabled"]]
    assert stubs == account.keys("list_deals", "deals", {"filters[group]": "7"})
    assert account.call("get_deal", 183, caller=4) == {
        "deal": {"title": "Day charter, sloop Kittiwake", "status": "1", "id": "183", "isDisabled": True}
    }


def test_stubs_become_whole_for_a_group_that_is_let_in(account: Account) -> None:
    account.call("update_deal_group", 7, body={"dealGroup": {"groups": ["1", "2"]}})
    assert account.call("get_deal", 183, caller=4)["deal"]["isDisabled"] is False
    account.call("update_deal_group", 7, body={"dealGroup": {"groups": []}})
    assert account.call("get_deal", 183, caller=4)["deal"]["isDisabled"] is True
    account.call("update_deal_group", 7, body={"dealGroup": {"allgroups": 1}})
    assert account.call("get_deal", 183, caller=4)["deal"]["isDisabled"] is False
