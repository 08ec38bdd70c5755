"""The twenty lookups that administrators keep: one table of what they have in common, and what is particular to some."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from mockserver.clock import FrozenClock
from tests.apis.pipelinedeals.client import DEE, TOMAS, Client
from tests.apis.pipelinedeals.moments import SHOWN

LATER = "2018/06/15 11:00:00 -0500"


@dataclass(frozen=True)
class Lookup:
    """A kind of lookup.

    Attributes:
        keys: the ids of the fixtures in the order of the list.
        shown: what one of them is shown with.
        needed: what a new one needs beside a name.
        given: what a new one is given where nothing is sent.
        named: the text that every one has.
        dated: whether it is shown with its dates.
    """

    plural: str
    singular: str
    keys: list[int]
    shown: dict[str, Any]
    needed: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    named: str = "name"
    dated: bool = True

    def __str__(self) -> str:
        return self.plural

    @property
    def path(self) -> str:
        return f"/admin/{self.plural}.json"

    def one(self, key: int) -> str:
        return f"/admin/{self.plural}/{key}.json"

    def body(self, **attributes: Any) -> dict[str, Any]:
        return {self.singular: attributes}

    def new(self, **attributes: Any) -> dict[str, Any]:
        """Return the body of a create with all that is needed."""
        return self.body(**{self.named: "Quarantine", **self.needed, **attributes})


def label(kind: str, keys: list[int], shown: dict[str, Any]) -> Lookup:
    given = {"field_type": "text", "output_type": "text", "position": len(keys) + 1, "custom_field_group_id": None, "report_behavior": None}
    given |= {"type": f"{kind.capitalize()}CustomFieldLabel"}
    return Lookup(f"{kind}_custom_field_labels", f"{kind}_custom_field_label", keys, shown, given=given)


def group(kind: str, keys: list[int], shown: dict[str, Any]) -> Lookup:
    given = {"type": f"{kind.capitalize()}CustomFieldGroup", "custom_field_group_permissions": []}
    return Lookup(f"{kind}_custom_field_groups", f"{kind}_custom_field_group", keys, shown, given=given)


BEGINNING = {"created_at": "2017/03/01 09:00:00 -0600", "updated_at": "2017/03/01 09:00:00 -0600"}
OWNERS_ONLY = {
    "member": {kind: {"visibility_level": "owner"} for kind in ("company", "deal", "person")},
    "*": {"person": {"use_deal_association": False}},
}

LOOKUPS = [
    Lookup(
        "deal_stages", "deal_stage", [41, 42, 43, 44, 45, 46], {"id": 44, "percent": 50, "name": "Presentation", **BEGINNING}, needed={"percent": 33}
    ),
    Lookup(
        "deal_statuses",
        "deal_status",
        [1, 2, 3, 5, 4],
        {"id": 2, "name": "Yellow", "hex_color": "FFDA58", "position": 2, **BEGINNING, "editable": False},
        given={"hex_color": None, "position": 6, "editable": True},
    ),
    Lookup(
        "deal_loss_reasons",
        "deal_loss_reason",
        [132, 131, 133],
        {"id": 133, "name": "Price", "account_id": 2071, "position": 3, **BEGINNING},
        given={"account_id": 2071, "position": 4},
    ),
    Lookup(
        "lead_sources",
        "lead_source",
        [62, 66, 61, 63, 64, 65],
        {
            "id": 64,
            "name": "Trade Show",
            "cost_per_lead_in_cents": 1200,
            "flat_fee_in_cents": None,
            **BEGINNING,
            "updated_at": "2018/01/15 12:10:00 -0600",
        },
        given={"cost_per_lead_in_cents": None, "flat_fee_in_cents": None},
    ),
    Lookup("lead_statuses", "lead_status", [71, 72, 76, 73, 74, 75], {"id": 75, "name": "Warm", "hex_color": "eb8614", **BEGINNING}),
    Lookup(
        "note_categories",
        "note_category",
        [81, 86, 82, 83, 84, 85],
        {"id": 84, "name": "Phone Call", **BEGINNING, "editable": True},
        given={"editable": True},
    ),
    Lookup(
        "event_categories",
        "event_category",
        [92, 91, 93, 95, 94],
        {"id": 94, "name": "To-do", "position": 4, **BEGINNING},
        given={"position": 6},
    ),
    Lookup(
        "predefined_contacts_tags",
        "predefined_contacts_tag",
        [107, 101, 102, 103, 104, 105, 106],
        {"id": 101, "name": "Decision Maker", **BEGINNING},
    ),
    Lookup("document_tags", "document_tag", [115, 111, 112, 113, 114], {"id": 113, "name": "Proposal", **BEGINNING}),
    Lookup(
        "revenue_types",
        "revenue_type",
        [122, 121, 123, 124, 125, 126, 128, 127],
        {
            "id": 124,
            "account_id": 2071,
            "name": "Project",
            "position": 4,
            "is_default": False,
            "created_at": "2017/11/06 09:00:00 -0600",
            "updated_at": "2017/11/06 09:00:00 -0600",
        },
        given={"account_id": 2071, "position": 9, "is_default": False},
    ),
    Lookup(
        "teams",
        "team",
        [18, 17, 15, 16],
        {
            "id": 15,
            "account_id": 2071,
            "name": "North desk",
            "parent_id": None,
            "created_at": "2018/03/05 10:00:00 -0600",
            "updated_at": "2018/03/05 10:00:00 -0600",
            "permissions": OWNERS_ONLY,
            "height": 0,
            "depth": 0,
        },
        given={"account_id": 2071, "parent_id": None, "permissions": OWNERS_ONLY},
    ),
    Lookup(
        "todo_templates",
        "todo_template",
        [501, 502, 503, 504, 505],
        {
            "id": 505,
            "name": "Odds and ends",
            "account_id": 2071,
            "template_type": None,
            "is_default": None,
            "todo_template_types": [],
            "todo_template_items": [],
        },
        given={"account_id": 2071, "template_type": None, "todo_template_types": [], "todo_template_items": []},
        dated=False,
    ),
    Lookup(
        "todo_template_items",
        "todo_template_item",
        list(range(601, 614)),
        {
            "id": 602,
            "event_category_id": 91,
            "due_date": 5,
            "description": "Call about next steps",
            "todo_template_id": 501,
            "account_id": 2071,
        },
        needed={"todo_template_id": 505},
        given={"account_id": 2071, "event_category_id": None, "due_date": None},
        named="description",
        dated=False,
    ),
    label(
        "deal",
        [301, 302, 303, 304],
        {
            "id": 302,
            "name": "Sensor family",
            "field_type": "dropdown",
            "report_behavior": None,
            "is_required": False,
            "position": 2,
            "type": "DealCustomFieldLabel",
            "created_at": "2017/04/10 11:00:00 -0500",
            "updated_at": "2017/04/10 11:02:00 -0500",
            "custom_field_group_id": 401,
            "output_type": "dropdown",
        },
    ),
    label(
        "person",
        [321, 322, 323],
        {
            "id": 321,
            "name": "Licence expires",
            "field_type": "date",
            "report_behavior": None,
            "is_required": None,
            "position": 1,
            "type": "PersonCustomFieldLabel",
            "created_at": "2017/04/10 11:05:00 -0500",
            "updated_at": "2017/04/10 11:05:00 -0500",
            "custom_field_group_id": None,
            "output_type": "date",
        },
    ),
    label(
        "company",
        [331, 332, 333],
        {
            "id": 332,
            "name": "Fleet size",
            "field_type": "numeric",
            "report_behavior": None,
            "is_required": None,
            "position": 2,
            "type": "CompanyCustomFieldLabel",
            "created_at": "2017/04/10 11:06:00 -0500",
            "updated_at": "2017/04/10 11:06:00 -0500",
            "custom_field_group_id": 403,
            "output_type": "numeric",
        },
    ),
    Lookup(
        "custom_field_label_dropdown_entries",
        "custom_field_label_dropdown_entry",
        [901, 902, 903, 911, 912, 913, 914, 921, 922, 923],
        {
            "id": 902,
            "custom_field_label_id": 302,
            "name": "Radar",
            "position": 2,
            "created_at": "2017/04/10 11:02:00 -0500",
            "updated_at": "2017/04/10 11:02:00 -0500",
        },
        needed={"custom_field_label_id": 331},
        given={"position": 4},
    ),
    group(
        "deal",
        [401, 404, 407],
        {
            "id": 401,
            "type": "DealCustomFieldGroup",
            "name": "Hardware",
            "created_at": "2017/04/10 10:58:00 -0500",
            "updated_at": "2017/04/10 10:58:00 -0500",
            "custom_field_group_permissions": [],
        },
    ),
    group("person", [402, 405, 408], {"id": 402, "type": "PersonCustomFieldGroup", "name": "Licences", "custom_field_group_permissions": []}),
    group("company", [403, 406, 409], {"id": 403, "type": "CompanyCustomFieldGroup", "name": "Vessels", "custom_field_group_permissions": []}),
]

each = pytest.mark.parametrize("lookup", LOOKUPS, ids=str)


def test_there_are_twenty() -> None:
    assert len({lookup.plural for lookup in LOOKUPS}) == 20


# --- reading ---


@each
def test_they_are_listed_in_their_order(mira: Client, lookup: Lookup) -> None:
    answer = mira.get(lookup.path)
    assert [one["id"] for one in answer["entries"]] == lookup.keys
    assert answer["pagination"] == {"page": 1, "page_var": "page", "per_page": 200, "pages": 1, "total": len(lookup.keys)}


@each
def test_pages_joined_are_the_list(mira: Client, lookup: Lookup) -> None:
    pages = [mira.get(lookup.path, {"per_page": 2, "page": page}) for page in range(1, len(lookup.keys) // 2 + 3)]
    assert [one["id"] for page in pages for one in page["entries"]] == lookup.keys
    assert {page["pagination"]["pages"] for page in pages} == {(len(lookup.keys) + 1) // 2}


@each
def test_one_is_shown_as_the_reference_prints_it_without_an_envelope(mira: Client, lookup: Lookup) -> None:
    record = mira.get(lookup.one(lookup.shown["id"]))
    assert {name: record.get(name, "absent") for name in lookup.shown} == lookup.shown
    assert ("created_at" in record) is lookup.dated
    assert record in mira.entries(lookup.path)


@each
def test_attrs_chooses_the_keys(mira: Client, lookup: Lookup) -> None:
    key = lookup.keys[0]
    assert mira.get(lookup.one(key), {"attrs": "id,nothing"}) == {"id": key}
    assert mira.entries(lookup.path, {"attrs": "id"}) == [{"id": key} for key in lookup.keys]


# --- writing ---


@each
def test_a_new_one_has_what_is_sent_and_defaults_for_the_rest(mira: Client, lookup: Lookup) -> None:
    record = mira.post(lookup.path, lookup.new())
    expected = {lookup.named: "Quarantine", **lookup.needed, **lookup.given}
    assert {name: record.get(name, "absent") for name in expected} == expected
    assert (record.get("created_at"), record.get("updated_at")) == ((SHOWN, SHOWN) if lookup.dated else (None, None))
    assert record["id"] in mira.ids(lookup.path)
    assert record["id"] > max(lookup.keys)


@each
def test_a_change_keeps_the_rest(mira: Client, lookup: Lookup, clock: FrozenClock) -> None:
    made = mira.post(lookup.path, lookup.new())["id"]
    before = mira.get(lookup.one(made))
    clock.move(timedelta(hours=1))
    dates = {"updated_at": LATER} if lookup.dated else {}
    changed = {**before, lookup.named: "Afloat", **dates}
    assert mira.put(lookup.one(made), lookup.body(**{lookup.named: "Afloat"})) == changed
    assert mira.get(lookup.one(made)) == changed


@each
def test_one_that_is_sent_back_as_it_was_read_stays_as_it_is(mira: Client, lookup: Lookup, clock: FrozenClock) -> None:
    made = mira.post(lookup.path, lookup.new())["id"]
    before = mira.get(lookup.one(made))
    clock.move(timedelta(hours=1))
    assert mira.put(lookup.one(made), {lookup.singular: before}) == before


@each
def test_names_may_be_taken_twice(mira: Client, lookup: Lookup) -> None:
    first, second = (mira.post(lookup.path, lookup.new()) for _ in range(2))
    assert (first[lookup.named], first["id"] != second["id"]) == (second[lookup.named], True)


@each
def test_a_deleted_one_is_gone(mira: Client, lookup: Lookup) -> None:
    key = mira.post(lookup.path, lookup.new())["id"]
    mira.delete(lookup.one(key))
    mira.get(lookup.one(key), status=404)
    mira.delete(lookup.one(key), status=404)
    assert mira.ids(lookup.path) == lookup.keys


@each
def test_ids_are_not_given_again(mira: Client, lookup: Lookup) -> None:
    key = mira.post(lookup.path, lookup.new())["id"]
    mira.delete(lookup.one(key))
    assert mira.post(lookup.path, lookup.new())["id"] > key


@each
def test_a_form_is_read_like_json(mira: Client, lookup: Lookup) -> None:
    form = {f"{lookup.singular}[{name}]": str(value) for name, value in lookup.new()[lookup.singular].items()}
    answer = mira.send("POST", lookup.path, data=form)
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in lookup.needed} == lookup.needed
    assert answer.json()[lookup.named] == "Quarantine"


@each
def test_unknown_attributes_are_ignored(mira: Client, lookup: Lookup) -> None:
    record = mira.post(lookup.path, lookup.new(id=1, created_at="2001-01-01", colour="red"))
    assert (record["id"] > max(lookup.keys), "colour" in record, record.get("created_at", SHOWN)) == (True, False, SHOWN)


# --- what is refused ---


@each
@pytest.mark.parametrize("blank", ["", " ", None])
def test_a_blank_name_is_refused(mira: Client, lookup: Lookup, blank: str | None) -> None:
    problem = {"field": lookup.named, "msg": "can't be blank", "humanized_field": lookup.named.capitalize()}
    assert mira.post(lookup.path, lookup.new(**{lookup.named: blank}), status=422) == [problem]
    made = mira.post(lookup.path, lookup.new())["id"]
    assert mira.put(lookup.one(made), lookup.body(**{lookup.named: blank}), status=422) == [problem]


@each
def test_an_empty_envelope_lacks_a_name_on_create_and_everything_on_update(mira: Client, lookup: Lookup) -> None:
    assert sorted(mira.refused_fields(mira.post, lookup.path, lookup.body())) == sorted([lookup.named, *lookup.needed])
    told = {"error": f"param is missing or the value is empty: {lookup.singular}"}
    assert mira.put(lookup.one(lookup.keys[0]), lookup.body(), status=400) == told


@each
def test_without_the_envelope_a_write_is_refused(mira: Client, lookup: Lookup) -> None:
    told = {"error": f"param is missing or the value is empty: {lookup.singular}"}
    assert mira.post(lookup.path, {"name": "Quarantine"}, status=400) == told
    assert mira.put(lookup.one(lookup.keys[0]), {"name": "Quarantine"}, status=400) == told


@each
def test_an_unknown_one_is_not_found(mira: Client, lookup: Lookup) -> None:
    path = lookup.one(999999)
    told = [mira.get(path, status=404), mira.put(path, lookup.body(name=""), status=404), mira.delete(path, status=404)]
    assert told == [{"error": "Not found"}] * 3


@each
@pytest.mark.parametrize("user", [TOMAS, DEE])
def test_only_administrators_read_and_write(mira: Client, lookup: Lookup, user: int) -> None:
    other, one = mira.as_user(user), lookup.one(lookup.keys[0])
    told = [
        other.get(lookup.path, status=403),
        other.post(lookup.path, lookup.new(), status=403),
        other.get(one, status=403),
        other.put(one, lookup.body(name="Mine"), status=403),
        other.delete(one, status=403),
    ]
    assert told == [{"error": "Permission denied"}] * 5
    assert mira.ids(lookup.path) == lookup.keys


def test_others_are_refused_before_they_learn_what_there_is(tomas: Client) -> None:
    tomas.get("/admin/deal_stages/999999.json", status=403)
    tomas.post("/admin/deal_stages.json", {"deal_stage": {}}, status=403)


# --- places ---


@pytest.mark.parametrize("plural", ["deal_loss_reasons", "revenue_types", "deal_statuses", "deal_custom_field_labels"])
def test_a_new_one_comes_last_and_can_be_moved(mira: Client, plural: str) -> None:
    lookup = next(one for one in LOOKUPS if one.plural == plural)
    key = mira.post(lookup.path, lookup.new())["id"]
    assert mira.ids(lookup.path)[-1] == key
    assert mira.put(lookup.one(key), lookup.body(position=0))["position"] == 0
    assert mira.ids(lookup.path)[0] == key


def test_a_place_can_be_sent_with_a_new_one(mira: Client) -> None:
    assert mira.post("/admin/deal_loss_reasons.json", {"deal_loss_reason": {"name": "Rain", "position": 7}})["position"] == 7
    assert mira.post("/admin/deal_loss_reasons.json", {"deal_loss_reason": {"name": "Snow"}})["position"] == 8


def test_of_equal_names_the_lower_id_comes_first(mira: Client) -> None:
    key = mira.post("/admin/lead_sources.json", {"lead_source": {"name": "cold call"}})["id"]
    assert mira.ids("/admin/lead_sources.json")[:2] == [62, key]


# --- what stays ---


@pytest.mark.parametrize("path", ["/admin/deal_statuses/1.json", "/admin/deal_statuses/3.json"])
def test_built_in_statuses_stay(mira: Client, path: str) -> None:
    before = mira.get(path)
    mira.put(path, {"deal_status": {"name": "Crimson"}}, status=422)
    mira.delete(path, status=422)
    assert mira.get(path) == before


@pytest.mark.parametrize(
    ("path", "envelope"), [("/admin/note_categories/4.json", "note_category"), ("/admin/event_categories/95.json", "event_category")]
)
def test_categories_of_the_system_stay(mira: Client, path: str, envelope: str) -> None:
    before = mira.get("/account.json")
    assert mira.send("PUT", path, json={envelope: {"name": "Mine"}}).status_code in (404, 422)
    assert mira.send("DELETE", path).status_code in (404, 422)
    assert mira.get("/account.json") == before


def test_own_statuses_do_not(mira: Client) -> None:
    assert mira.put("/admin/deal_statuses/4.json", {"deal_status": {"hex_color": 0}})["hex_color"] == "0"
    mira.delete("/admin/deal_statuses/4.json")


def test_one_revenue_type_at_most_is_the_default(mira: Client) -> None:
    mira.put("/admin/revenue_types/124.json", {"revenue_type": {"is_default": True}})
    made = mira.post("/admin/revenue_types.json", {"revenue_type": {"name": "Rent", "is_default": "1"}})
    assert made["is_default"] is True
    assert [one["id"] for one in mira.entries("/admin/revenue_types.json") if one["is_default"]] == [made["id"]]


@pytest.mark.parametrize("percent", [-1, 101, "many", None])
def test_the_percent_of_a_stage_is_from_0_to_100(mira: Client, percent: Any) -> None:
    assert mira.refused_fields(mira.post, "/admin/deal_stages.json", {"deal_stage": {"name": "Draft", "percent": percent}}) == ["percent"]


@pytest.mark.parametrize("percent", [0, 100, "33"])
def test_bounds_and_texts_are_percents(mira: Client, percent: Any) -> None:
    assert mira.post("/admin/deal_stages.json", {"deal_stage": {"name": "Draft", "percent": percent}})["percent"] == int(percent)


# --- values in use ---


@pytest.mark.parametrize(
    ("lookup", "record", "cleared"),
    [
        ("deal_stages/44", "/deals/90412.json", {"deal_stage_id": None, "deal_stage": None, "probability": 50}),
        ("deal_loss_reasons/133", "/deals/90418.json", {"deal_loss_reason_id": None, "deal_loss_reason": None}),
        ("revenue_types/124", "/deals/90412.json", {"revenue_type_id": None, "revenue_type": None}),
        ("lead_sources/64", "/deals/90412.json", {"source_id": None}),
        ("lead_sources/64", "/people/70331.json", {"lead_source": None}),
        ("lead_statuses/75", "/people/70331.json", {"lead_status": None}),
        ("predefined_contacts_tags/104", "/people/70346.json", {"predefined_contacts_tag_ids": [106]}),
        ("note_categories/84", "/notes/240117.json", {"note_category_id": None, "note_category": None}),
        ("event_categories/94", "/calendar_entries/155310.json", {"category_id": None, "category": None}),
        ("document_tags/113", "/documents/48207.json", {"document_tag_ids": [], "document_tags": []}),
        ("teams/15", "/users/312.json", {"team_id": None, "visible_teams": []}),
        ("deal_custom_field_groups/401", "/admin/deal_custom_field_labels/302.json", {"custom_field_group_id": None}),
    ],
)
def test_a_deleted_value_is_cleared_where_it_was_used(mira: Client, lookup: str, record: str, cleared: dict[str, Any]) -> None:
    before = mira.get(record)
    assert {name: before[name] for name in cleared} != cleared
    mira.delete(f"/admin/{lookup}.json")
    after = mira.get(record)
    assert {name: after[name] for name in cleared} == cleared


def test_a_deal_without_its_deleted_source_has_no_key_for_it(mira: Client) -> None:
    mira.delete("/admin/lead_sources/64.json")
    assert "source" not in mira.get("/deals/90412.json")


def test_a_renamed_value_is_renamed_where_it_is_used(mira: Client) -> None:
    mira.put("/admin/lead_sources/64.json", {"lead_source": {"name": "Boat Show", "cost_per_lead_in_cents": "1300"}})
    assert mira.get("/deals/90412.json")["source"] == {"id": 64, "name": "Boat Show"}
    assert mira.get("/people/70331.json")["lead_source"] == {"id": 64, "name": "Boat Show"}


def test_a_stage_whose_percent_changes_leaves_its_deals_alone(mira: Client) -> None:
    mira.put("/admin/deal_stages/44.json", {"deal_stage": {"percent": 60}})
    deal = mira.get("/deals/90412.json")
    assert (deal["probability"], deal["deal_stage"]["percent"]) == (50, 60)
