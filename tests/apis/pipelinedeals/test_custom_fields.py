"""Custom fields: their labels, dropdown entries and groups, and the values that deals, people and companies have in them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.apis.pipelinedeals.client import Client
from tests.apis.pipelinedeals.moments import SHOWN

LABELS = {"deal": [301, 302, 303, 304], "person": [321, 322, 323], "company": [331, 332, 333]}
GROUPS = {"deal": [401, 404, 407], "person": [402, 405, 408], "company": [403, 406, 409]}
ENTRIES = "/admin/custom_field_label_dropdown_entries"
KINDS = list(LABELS)
RECORDS = {"deal": "/deals/90412.json", "person": "/people/70331.json", "company": "/companies/5520.json"}
LISTS = {"deal": "/deals.json", "person": "/people.json", "company": "/companies.json"}


def labels(kind: str) -> str:
    return f"/admin/{kind}_custom_field_labels"


def groups(kind: str) -> str:
    return f"/admin/{kind}_custom_field_groups"


RESOURCES = [
    *((labels(kind), f"{kind}_custom_field_label", {"name": "Hue", "field_type": "text"}, LABELS[kind][0]) for kind in KINDS),
    (ENTRIES, "custom_field_label_dropdown_entry", {"name": "Sonar", "custom_field_label_id": 302}, 901),
    *((groups(kind), f"{kind}_custom_field_group", {"name": "Colours"}, GROUPS[kind][0]) for kind in KINDS),
]
"""Path, envelope, what a create needs, and the id of a fixture."""


def new_label(client: Client, kind: str, field_type: str, name: str = "Hue") -> dict[str, Any]:
    made: dict[str, Any] = client.post(f"{labels(kind)}.json", {f"{kind}_custom_field_label": {"name": name, "field_type": field_type}})
    return made


def new_entry(client: Client, label: int, name: str = "Sonar") -> dict[str, Any]:
    body = {"custom_field_label_dropdown_entry": {"custom_field_label_id": label, "name": name}}
    made: dict[str, Any] = client.post(f"{ENTRIES}.json", body)
    return made


def values(client: Client, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(RECORDS[kind])["custom_fields"]
    return found


def write_values(client: Client, kind: str, **sent: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(RECORDS[kind], {kind: {"custom_fields": sent}})["custom_fields"]
    return made


# --- what all seven resources have in common ---


@pytest.mark.parametrize(("path", "envelope", "fields", "key"), RESOURCES)
def test_a_new_one_is_read_changed_and_deleted(mira: Client, path: str, envelope: str, fields: dict[str, Any], key: int) -> None:
    made = mira.post(f"{path}.json", {envelope: fields})
    assert {name: made[name] for name in fields} == fields
    assert (made["created_at"], made["updated_at"]) == (SHOWN, SHOWN)
    one = f"{path}/{made['id']}.json"
    assert mira.get(one) == made
    assert mira.put(one, {envelope: {"name": "Shade"}})["name"] == mira.get(one)["name"] == "Shade"
    assert mira.send("DELETE", one).status_code == 204
    assert mira.get(one, status=404) == {"error": "Not found"}
    assert made["id"] not in mira.ids(f"{path}.json")


@pytest.mark.parametrize(("path", "envelope", "fields", "key"), RESOURCES)
def test_one_that_does_not_exist_is_not_found(mira: Client, path: str, envelope: str, fields: dict[str, Any], key: int) -> None:
    one = f"{path}/999.json"
    assert mira.get(one, status=404) == mira.put(one, {envelope: fields}, status=404) == mira.delete(one, status=404) == {"error": "Not found"}


@pytest.mark.parametrize(("path", "envelope", "fields", "key"), RESOURCES)
@pytest.mark.parametrize("name", ["", None])
def test_a_name_is_required(mira: Client, path: str, envelope: str, fields: dict[str, Any], key: int, name: str | None) -> None:
    assert mira.refused_fields(mira.post, f"{path}.json", {envelope: {**fields, "name": name}}) == ["name"]
    assert mira.refused_fields(mira.put, f"{path}/{key}.json", {envelope: {"name": name}}) == ["name"]


@pytest.mark.parametrize(("path", "envelope", "fields", "key"), RESOURCES)
def test_a_body_without_the_envelope_is_refused(mira: Client, path: str, envelope: str, fields: dict[str, Any], key: int) -> None:
    missing = {"error": f"param is missing or the value is empty: {envelope}"}
    assert mira.post(f"{path}.json", fields, status=400) == mira.put(f"{path}/{key}.json", fields, status=400) == missing


@pytest.mark.parametrize(("path", "envelope", "fields", "key"), RESOURCES)
def test_only_administrators_come_near(mira: Client, tomas: Client, path: str, envelope: str, fields: dict[str, Any], key: int) -> None:
    forbidden, before = {"error": "Permission denied"}, mira.get(f"{path}.json")
    assert tomas.get(f"{path}.json", status=403) == tomas.get(f"{path}/{key}.json", status=403) == forbidden
    assert tomas.post(f"{path}.json", {envelope: fields}, status=403) == forbidden
    assert tomas.put(f"{path}/{key}.json", {envelope: fields}, status=403) == tomas.delete(f"{path}/{key}.json", status=403) == forbidden
    assert mira.get(f"{path}.json") == before


@pytest.mark.parametrize(("path", "envelope", "fields", "key"), RESOURCES)
def test_lists_come_in_pages_and_thinned_out(mira: Client, path: str, envelope: str, fields: dict[str, Any], key: int) -> None:
    everything = mira.ids(f"{path}.json")
    answer = mira.get(f"{path}.json", {"per_page": 2, "page": 2, "attrs": "id"})
    assert answer["entries"] == [{"id": one} for one in everything[2:4]]
    assert answer["pagination"]["total"] == len(everything)


@pytest.mark.parametrize(("path", "envelope", "fields", "key"), RESOURCES)
def test_an_update_without_a_change_leaves_updated_at(mira: Client, path: str, envelope: str, fields: dict[str, Any], key: int) -> None:
    before = mira.get(f"{path}/{key}.json")
    assert mira.put(f"{path}/{key}.json", {envelope: before}) == before


# --- labels ---


def test_a_label_is_shown_with_its_entries(mira: Client) -> None:
    shown = mira.get("/admin/deal_custom_field_labels/302.json")
    entries = shown.pop("custom_field_label_dropdown_entries")
    expected = {
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
    }
    assert {name: shown.get(name, "absent") for name in expected} == expected
    assert [(one["id"], one["name"]) for one in entries] == [(901, "Float"), (902, "Radar"), (903, "Pressure")]
    assert entries[1] == {
        "id": 902,
        "custom_field_label_id": 302,
        "account_id": 2071,
        "name": "Radar",
        "position": 2,
        "created_at": "2017/04/10 11:02:00 -0500",
        "updated_at": "2017/04/10 11:02:00 -0500",
    }


def test_only_labels_with_choices_have_entries(mira: Client) -> None:
    shown = {label["id"]: label for kind in KINDS for label in mira.entries(f"{labels(kind)}.json")}
    assert [key for key, label in shown.items() if "custom_field_label_dropdown_entries" in label] == [302, 303, 331]


@pytest.mark.parametrize(
    ("kind", "name"), [("deal", "DealCustomFieldLabel"), ("person", "PersonCustomFieldLabel"), ("company", "CompanyCustomFieldLabel")]
)
def test_labels_of_each_kind_are_listed_by_position(mira: Client, kind: str, name: str) -> None:
    mira.put(f"{labels(kind)}/{LABELS[kind][0]}.json", {f"{kind}_custom_field_label": {"position": 9}})
    listed = mira.entries(f"{labels(kind)}.json")
    assert [label["id"] for label in listed] == [*LABELS[kind][1:], LABELS[kind][0]]
    assert {label["type"] for label in listed} == {name}
    assert all(label["output_type"] == label["field_type"] for label in listed)


def test_labels_of_all_kinds_are_numbered_in_one_series(mira: Client) -> None:
    first = new_label(mira, "deal", "text")["id"]
    assert first > 333
    assert [new_label(mira, kind, "text")["id"] for kind in ("company", "person", "deal")] == [first + 1, first + 2, first + 3]


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_label_has_the_last_place_of_its_kind(mira: Client, kind: str) -> None:
    assert new_label(mira, kind, "text")["position"] == len(LABELS[kind]) + 1


@pytest.mark.parametrize("field_type", ["text", "numeric", "currency", "date", "dropdown", "multi_select", "boolean", "multi_association"])
def test_a_label_keeps_its_type(mira: Client, field_type: str) -> None:
    made = new_label(mira, "person", field_type)
    assert (made["field_type"], made["output_type"], made["report_behavior"]) == (field_type, field_type, None)
    other = "text" if field_type != "text" else "date"
    mira.put(f"/admin/person_custom_field_labels/{made['id']}.json", {"person_custom_field_label": {"field_type": other, "name": "Tint"}})
    shown = mira.get(f"/admin/person_custom_field_labels/{made['id']}.json")
    assert (shown["field_type"], shown["name"]) == (field_type, "Tint")


def test_the_place_of_a_label_may_be_given(mira: Client) -> None:
    body = {"deal_custom_field_label": {"name": "Hue", "field_type": "text", "position": 0, "is_required": True, "custom_field_group_id": 404}}
    made = mira.post("/admin/deal_custom_field_labels.json", body)
    assert (made["position"], made["is_required"], made["custom_field_group_id"]) == (0, True, 404)
    assert mira.ids("/admin/deal_custom_field_labels.json") == [made["id"], 301, 302, 303, 304]


def test_a_label_of_an_unknown_type_is_refused(mira: Client) -> None:
    body = {"deal_custom_field_label": {"name": "Hue", "field_type": "hologram"}}
    assert mira.refused_fields(mira.post, "/admin/deal_custom_field_labels.json", body) == ["field_type"]


def test_a_required_field_is_not_enforced(mira: Client) -> None:
    assert mira.get("/admin/person_custom_field_labels/322.json")["is_required"] is True
    assert mira.post("/people.json", {"person": {"first_name": "Ruth"}})["custom_fields"]["custom_label_322"] is None


def test_a_label_may_be_put_in_a_group(mira: Client) -> None:
    body = {"deal_custom_field_label": {"custom_field_group_id": 404}}
    assert mira.put("/admin/deal_custom_field_labels/301.json", body)["custom_field_group_id"] == 404


@pytest.mark.parametrize("group", [999, 402])
def test_a_group_that_does_not_exist_is_refused(mira: Client, group: int) -> None:
    body = {"deal_custom_field_label": {"custom_field_group_id": group}}
    assert mira.refused_fields(mira.put, "/admin/deal_custom_field_labels/301.json", body) == ["custom_field_group_id"]


# --- dropdown entries ---


def test_entries_are_listed_by_id_and_found_by_their_label(mira: Client) -> None:
    assert mira.ids(f"{ENTRIES}.json") == [901, 902, 903, 911, 912, 913, 914, 921, 922, 923]
    assert mira.ids(f"{ENTRIES}.json", {"conditions[custom_field_label_id]": 302}) == [901, 902, 903]
    assert mira.ids(f"{ENTRIES}.json", {"conditions[custom_field_label_id]": 331}) == [921, 922, 923]


def test_an_entry_is_shown_by_itself(mira: Client) -> None:
    assert mira.get(f"{ENTRIES}/902.json") == {
        "id": 902,
        "custom_field_label_id": 302,
        "name": "Radar",
        "position": 2,
        "created_at": "2017/04/10 11:02:00 -0500",
        "updated_at": "2017/04/10 11:02:00 -0500",
    }


@pytest.mark.parametrize(("label", "position"), [(302, 4), (303, 5), (331, 4)])
def test_a_new_entry_has_the_last_place_of_its_label(mira: Client, label: int, position: int) -> None:
    assert new_entry(mira, label)["position"] == position


def test_the_first_entry_of_a_label_has_the_first_place(mira: Client) -> None:
    label = new_label(mira, "company", "dropdown")
    assert label["custom_field_label_dropdown_entries"] == []
    assert new_entry(mira, label["id"])["position"] == 1


def test_a_new_entry_is_shown_with_its_label_and_touches_it(mira: Client) -> None:
    key = new_entry(mira, 302)["id"]
    label = mira.get("/admin/deal_custom_field_labels/302.json")
    assert [one["id"] for one in label["custom_field_label_dropdown_entries"]] == [901, 902, 903, key]
    assert label["updated_at"] == SHOWN


def test_an_entry_that_is_renamed_or_deleted_is_so_in_its_label(mira: Client) -> None:
    mira.put(f"{ENTRIES}/901.json", {"custom_field_label_dropdown_entry": {"name": "Buoyant"}})
    mira.delete(f"{ENTRIES}/903.json")
    label = mira.get("/admin/deal_custom_field_labels/302.json")
    assert [one["name"] for one in label["custom_field_label_dropdown_entries"]] == ["Buoyant", "Radar"]


def test_the_entries_of_a_label_stand_by_position(mira: Client) -> None:
    mira.put(f"{ENTRIES}/901.json", {"custom_field_label_dropdown_entry": {"position": 8}})
    label = mira.get("/admin/deal_custom_field_labels/302.json")
    assert [one["id"] for one in label["custom_field_label_dropdown_entries"]] == [902, 903, 901]


@pytest.mark.parametrize("label", [{}, {"custom_field_label_id": None}, {"custom_field_label_id": 999}])
def test_an_entry_needs_a_label(mira: Client, label: dict[str, Any]) -> None:
    body = {"custom_field_label_dropdown_entry": {"name": "Sonar", **label}}
    assert mira.refused_fields(mira.post, f"{ENTRIES}.json", body) == ["custom_field_label_id"]


def test_an_entry_that_is_deleted_is_cleared_from_values(mira: Client) -> None:
    mira.delete(f"{ENTRIES}/902.json")
    mira.delete(f"{ENTRIES}/911.json")
    shown = values(mira, "deal")
    assert (shown["custom_label_302"], shown["custom_label_303"]) == (None, [913])
    assert mira.ids("/deals.json", {"conditions[custom_label_303][]": "911"}) == []


# --- groups ---


@pytest.mark.parametrize(
    ("kind", "name"), [("deal", "DealCustomFieldGroup"), ("person", "PersonCustomFieldGroup"), ("company", "CompanyCustomFieldGroup")]
)
def test_groups_of_each_kind_are_listed_by_id(mira: Client, kind: str, name: str) -> None:
    listed = mira.entries(f"{groups(kind)}.json")
    assert [group["id"] for group in listed] == GROUPS[kind]
    assert {group["type"] for group in listed} == {name}
    assert all(group["custom_field_group_permissions"] == [] for group in listed)


def test_a_group_is_shown_by_itself(mira: Client) -> None:
    assert mira.get("/admin/deal_custom_field_groups/401.json") == {
        "id": 401,
        "type": "DealCustomFieldGroup",
        "name": "Hardware",
        "created_at": "2017/04/10 10:58:00 -0500",
        "updated_at": "2017/04/10 10:58:00 -0500",
        "custom_field_group_permissions": [],
    }


def test_the_labels_of_a_deleted_group_stay_without_one(mira: Client) -> None:
    mira.delete("/admin/deal_custom_field_groups/401.json")
    listed = mira.entries("/admin/deal_custom_field_labels.json")
    assert [(label["id"], label["custom_field_group_id"]) for label in listed] == [(301, None), (302, None), (303, None), (304, None)]


# --- values ---


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_has_a_value_for_every_label_in_lists_too(mira: Client, kind: str) -> None:
    keys = {f"custom_label_{key}" for key in LABELS[kind]}
    assert set(values(mira, kind)) == keys
    assert all(set(entry["custom_fields"]) == keys for entry in mira.entries(LISTS[kind]))


@pytest.mark.parametrize(
    ("kind", "sent", "shown"),
    [
        ("deal", {"custom_label_301": "PO-1"}, {"custom_label_301": "PO-1"}),
        ("deal", {"custom_label_301": 7}, {"custom_label_301": "7"}),
        ("deal", {"custom_label_302": 901}, {"custom_label_302": 901}),
        ("deal", {"custom_label_302": "903"}, {"custom_label_302": 903}),
        ("deal", {"custom_label_302": [903]}, {"custom_label_302": 903}),
        ("deal", {"custom_label_303": [912, 914]}, {"custom_label_303": [912, 914]}),
        ("deal", {"custom_label_303": ["912"]}, {"custom_label_303": [912]}),
        ("deal", {"custom_label_303": []}, {"custom_label_303": []}),
        ("deal", {"custom_label_303": None}, {"custom_label_303": []}),
        ("deal", {"custom_label_304": "1250.5"}, {"custom_label_304": 1250.5}),
        ("deal", {"custom_label_304": 90}, {"custom_label_304": 90}),
        ("deal", {"custom_label_301": None, "custom_label_302": None}, {"custom_label_301": None, "custom_label_302": None}),
        ("person", {"custom_label_321": "2020-02-29"}, {"custom_label_321": "2020/02/29"}),
        ("person", {"custom_label_321": "2020/02/29"}, {"custom_label_321": "2020/02/29"}),
        ("person", {"custom_label_322": False}, {"custom_label_322": False}),
        ("person", {"custom_label_322": "0"}, {"custom_label_322": False}),
        ("person", {"custom_label_323": "12"}, {"custom_label_323": 12}),
        ("company", {"custom_label_331": 923}, {"custom_label_331": 923}),
        ("company", {"custom_label_332": 2.5}, {"custom_label_332": 2.5}),
        ("company", {"custom_label_333": [5521, 5527]}, {"custom_label_333": [5521, 5527]}),
    ],
)
def test_a_value_is_written_and_the_others_stay(mira: Client, kind: str, sent: dict[str, Any], shown: dict[str, Any]) -> None:
    before = values(mira, kind)
    assert write_values(mira, kind, **sent) == values(mira, kind) == {**before, **shown}


@pytest.mark.parametrize("kind", KINDS)
def test_values_that_are_put_back_stay(mira: Client, kind: str) -> None:
    before = mira.get(RECORDS[kind])
    mira.put(RECORDS[kind], {kind: {"custom_fields": before["custom_fields"]}})
    assert mira.get(RECORDS[kind]) == before


def test_a_change_of_a_value_is_a_change_of_the_record(mira: Client) -> None:
    write_values(mira, "deal", custom_label_301="PO-1")
    assert mira.get(RECORDS["deal"])["updated_at"] == SHOWN


@pytest.mark.parametrize(
    ("path", "kind", "body", "label", "value"),
    [
        ("/deals.json", "deal", {"name": "Lamp"}, "custom_label_302", 901),
        ("/people.json", "person", {}, "custom_label_322", True),
        ("/companies.json", "company", {"name": "Beacon"}, "custom_label_332", 3),
    ],
)
def test_a_new_record_has_the_values_that_are_sent(mira: Client, path: str, kind: str, body: dict[str, Any], label: str, value: Any) -> None:
    made = mira.post(path, {kind: {**body, "custom_fields": {label: value}}})
    assert made["custom_fields"] == {
        **{f"custom_label_{key}": [] if key in (303, 333) else None for key in LABELS[kind]},
        label: value,
    }


@pytest.mark.parametrize("name", ["custom_label_999", "custom_label_321", "colour"])
def test_values_of_unknown_labels_are_ignored(mira: Client, name: str) -> None:
    before = mira.get(RECORDS["deal"])
    assert write_values(mira, "deal", **{name: "x"}) == before["custom_fields"]
    assert mira.get(RECORDS["deal"]) == before


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        ("deal", "custom_label_302", 911),
        ("deal", "custom_label_302", 999),
        ("deal", "custom_label_303", [911, 901]),
        ("company", "custom_label_331", 901),
        ("deal", "custom_label_304", "a lot"),
        ("person", "custom_label_321", "soon"),
        ("person", "custom_label_323", "many"),
    ],
)
def test_a_value_that_its_field_does_not_take_is_refused(mira: Client, kind: str, label: str, value: Any) -> None:
    before = mira.get(RECORDS[kind])
    body = {kind: {"custom_fields": {label: value}}}
    assert mira.refused_fields(mira.put, RECORDS[kind], body) == [label]
    named = {kind: {"name": "Lamp", **body[kind]}}
    assert mira.refused_fields(mira.post, LISTS[kind], named) == [label]
    assert mira.get(RECORDS[kind]) == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("field_type", "empty"), [("text", None), ("dropdown", None), ("multi_select", []), ("boolean", None)])
def test_a_new_label_is_on_every_record_at_once(mira: Client, kind: str, field_type: str, empty: Any) -> None:
    key = new_label(mira, kind, field_type)["id"]
    assert values(mira, kind)[f"custom_label_{key}"] == empty
    assert all(entry["custom_fields"][f"custom_label_{key}"] == empty for entry in mira.entries(LISTS[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_deleted_label_is_on_no_record(mira: Client, kind: str) -> None:
    mira.delete(f"{labels(kind)}/{LABELS[kind][0]}.json")
    assert list(values(mira, kind)) == [f"custom_label_{key}" for key in LABELS[kind][1:]]
    assert not any(f"custom_label_{LABELS[kind][0]}" in entry["custom_fields"] for entry in mira.entries(LISTS[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_without_labels_there_are_no_values(mira: Client, kind: str) -> None:
    for key in LABELS[kind]:
        mira.delete(f"{labels(kind)}/{key}.json")
    assert values(mira, kind) == {}
    assert new_label(mira, kind, "text")["position"] == 1


@pytest.mark.parametrize(
    ("field_type", "make"), [("dropdown", lambda entry: entry), ("multi_select", lambda entry: [entry]), ("multi_association", lambda _: [70346])]
)
def test_a_new_label_takes_values_and_finds_them(mira: Client, field_type: str, make: Callable[[int], Any]) -> None:
    label = new_label(mira, "person", field_type)["id"]
    value = make(new_entry(mira, label)["id"] if field_type != "multi_association" else 0)
    assert write_values(mira, "person", **{f"custom_label_{label}": value})[f"custom_label_{label}"] == value
    wanted = value[0] if isinstance(value, list) else value
    assert mira.ids("/people.json", {f"conditions[custom_label_{label}][]": wanted}) == [70331]
