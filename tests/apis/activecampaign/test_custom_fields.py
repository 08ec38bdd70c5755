"""Custom fields: definitions, and what each of the eleven types takes, keeps and refuses."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.apis.activecampaign.custom_fields import free_personalization, parse_value
from mockserver.refusals import Refusal
from mockserver.stored import Unparsable
from tests.apis.activecampaign.account import Account

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)
TYPES = ("text", "textarea", "date", "datetime", "dropdown", "multiselect", "radio", "checkbox", "hidden", "currency", "number")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)


def field(account: Account, kind: str, **attributes: Any) -> dict[str, Any]:
    body = {"fieldLabel": f"A {kind}", "fieldType": kind, **attributes}
    made: dict[str, Any] = account.call("create_deal_custom_field_metum", body={"dealCustomFieldMetum": body})["dealCustomFieldMetum"]
    return made


def saved(account: Account, deal: int, key: Any, value: Any, **attributes: Any) -> dict[str, Any]:
    body = {"dealId": deal, "customFieldId": key, "fieldValue": value, **attributes}
    made: dict[str, Any] = account.call("create_deal_custom_field_datum", body={"dealCustomFieldDatum": body})["dealCustomFieldDatum"]
    return made


# --- what a value may be ---

TEXTS = ("text", "textarea", "hidden", "dropdown", "radio")
LISTS = ("multiselect", "checkbox")

TAKEN = [
    *((kind, value, value) for kind in TEXTS for value in ("Large", "", "||a||b||")),
    *((kind, value, kept) for kind in TEXTS for value, kept in ((5, "5"), (2.5, "2.5"), (5.0, "5"))),
    *((kind, value, value) for kind in LISTS for value in ([], ["Print"], ["Print", "Nowhere"])),
    ("date", "2024-05-02", "2024-05-02"),
    ("date", "2024/05/02", "2024-05-02"),
    ("date", "05/02/2024", "2024-05-02"),
    ("date", "2024-05-02 00:00:00", "2024-05-02"),
    ("datetime", "2024-05-02T09:30:00-05:00", "2024-05-02T09:30:00-05:00"),
    ("datetime", "2024-05-02T14:30:00Z", "2024-05-02T14:30:00Z"),
    ("number", 14, "14"),
    ("number", 2.5, "2.5"),
    ("number", 3.0, "3"),
    ("number", "-12.50", "-12.50"),
    ("number", "1e3", "1e3"),
    ("currency", 25000, 25000),
    ("currency", "25000", 25000),
    ("currency", 25000.0, 25000),
    ("currency", 0, 0),
]

REFUSED = [
    *((kind, value) for kind in TEXTS for value in (["Large"], {"a": 1}, True)),
    *((kind, value) for kind in LISTS for value in ("Print", [1], {"a": 1}, 1, [["Print"]])),
    *(("date", value) for value in ("red", "", "2024-13-01", "2024-02-30", "02/30/2024", "2.5.2024", 20240502, ["2024-05-02"])),
    *(("datetime", value) for value in ("2024-05-02", "2024-05-02T09:30:00", "2024-05-02 09:30:00", "soon", "2024-02-30T09:30:00Z", 5, "")),
    *(("number", value) for value in ("many", "", "1,5", "NaN", "Infinity", "١٢", True, [1], " 5", float("inf"))),
    *(("currency", value) for value in ("12.50", 12.5, "usd", "", 2**53, -(2**53), True, [1], "1e3")),
]


@pytest.mark.parametrize(("kind", "value", "kept"), TAKEN)
def test_a_type_takes_a_value_and_keeps_it(kind: str, value: Any, kept: Any) -> None:
    assert parse_value(kind, value) == kept
    assert type(parse_value(kind, value)) is type(kept)


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_a_type_refuses_a_value(kind: str, value: Any) -> None:
    with pytest.raises(Unparsable):
        parse_value(kind, value)


def test_every_type_is_tried() -> None:
    assert {kind for kind, *_ in TAKEN} == {kind for kind, _ in REFUSED} == set(TYPES)


@pytest.mark.parametrize("kind", TYPES)
@given(value=JSON)
def test_what_is_kept_is_parsed_to_itself(kind: str, value: Any) -> None:
    try:
        kept = parse_value(kind, value)
    except Unparsable:
        return
    assert parse_value(kind, kept) == kept


@pytest.mark.parametrize("kind", TYPES)
def test_null_stays_null(kind: str) -> None:
    assert parse_value(kind, None) is None


# --- values of deals ---


@pytest.mark.parametrize(("kind", "value", "kept"), TAKEN)
def test_a_value_of_each_type_can_be_read_again(account: Account, kind: str, value: Any, kept: Any) -> None:
    made = saved(account, 208, field(account, kind)["id"], value)
    shown = account.call("get_deal_custom_field_datum", int(made["id"]))["dealCustomFieldDatum"]
    assert shown["fieldValue"] == made["fieldValue"] == kept
    assert made["originalValue"] == ""
    assert "fieldCurrency" not in shown


def test_a_second_value_takes_the_place_of_the_first(account: Account) -> None:
    made = saved(account, 207, 5, "Small")
    assert (made["id"], made["fieldValue"], made["originalValue"]) == ("64", "Small", "Large")
    assert account.record("dealCustomFieldData", 64)["updatedTimestamp"] == NOW
    assert account.record("dealCustomFieldData", 64)["createdTimestamp"] != NOW


def test_an_update_tells_the_value_from_before(account: Account) -> None:
    made = account.call(
        "update_deal_custom_field_datum", 66, body={"dealCustomFieldDatum": {"fieldValue": ["Bag"], "dealId": 208, "customFieldId": 5}}
    )
    datum = made["dealCustomFieldDatum"]
    assert (datum["fieldValue"], datum["originalValue"], datum["dealId"], datum["customFieldId"]) == (["Bag"], ["Print", "Bag"], 207, 7)


@pytest.mark.parametrize(("sent", "kept"), [({}, "usd"), ({"fieldCurrency": None}, "usd"), ({"fieldCurrency": "EUR"}, "eur")])
def test_an_amount_has_the_currency_that_was_sent_or_its_fields(account: Account, sent: dict[str, Any], kept: str) -> None:
    assert saved(account, 211, 6, 100, **sent)["fieldCurrency"] == kept


def test_an_amount_keeps_its_currency_when_only_the_value_is_sent(account: Account) -> None:
    saved(account, 208, 6, 100, fieldCurrency="eur")
    assert saved(account, 208, "6", 200)["fieldCurrency"] == "eur"


def test_a_value_that_is_no_amount_has_no_currency(account: Account) -> None:
    assert "fieldCurrency" not in saved(account, 208, 5, "Small", fieldCurrency="usd")


def test_a_deal_or_field_that_does_not_exist_is_refused(account: Account) -> None:
    body = {"dealCustomFieldDatum": {"dealId": 99, "customFieldId": "99", "fieldValue": 1}}
    reasons = [("/dealCustomFieldDatum/dealId", "related"), ("/dealCustomFieldDatum/customFieldId", "related")]
    assert account.refusals("create_deal_custom_field_datum", body=body) == reasons


def shown(account: Account, operation_id: str, *ids: int, body: Any) -> list[dict[str, object]]:
    with pytest.raises(Refusal) as refusal:
        account.call(operation_id, *ids, body=body)
    assert {reason.code for reason in refusal.value.violations} == {"unfit-value"}
    return [dict(reason.values) for reason in refusal.value.violations]


def test_a_refused_value_is_quoted_on_create_only(account: Account) -> None:
    created = {"dealCustomFieldDatum": {"dealId": 207, "customFieldId": 1, "fieldValue": "red"}}
    updated = {"dealCustomFieldDatum": {"fieldValue": "red"}}
    silent = [{"shown": "", "type": "multiselect"}]
    assert shown(account, "create_deal_custom_field_datum", body=created) == [{"shown": " `red`", "type": "date"}]
    assert shown(account, "update_deal_custom_field_datum", 66, body=updated) == silent
    assert shown(account, "bulk_update_deal_custom_field_data", body=[{"id": 66, "fieldValue": 1}]) == silent


def test_a_quoted_value_is_bounded(account: Account) -> None:
    quoted = shown(account, "bulk_create_deal_custom_field_data", body=[{"dealId": 207, "customFieldId": 1, "fieldValue": ["x" * 500]}])[0]["shown"]
    assert len(str(quoted)) < 100


def test_many_values_are_set_in_the_order_of_the_rows(account: Account) -> None:
    rows = [{"dealId": 208, "customFieldId": 9, "fieldValue": 12}, {"dealId": "208", "customFieldId": "9", "fieldValue": "13"}]
    assert account.call("bulk_create_deal_custom_field_data", body=rows) == {"message": "The bulk insert was successful."}
    assert [one["fieldValue"] for one in account.store["dealCustomFieldData"].where("dealId", 208) if one["customFieldId"] == 9] == ["13"]


def test_one_refused_row_refuses_all(account: Account) -> None:
    created = [{"dealId": 208, "customFieldId": 9, "fieldValue": 12}, {"dealId": 99, "customFieldId": 99, "fieldValue": 1}]
    assert account.refusals("bulk_create_deal_custom_field_data", body=created) == [("/1/dealId", "related"), ("/1/customFieldId", "related")]
    updated = [{"id": 64, "fieldValue": "Small"}, {"id": 99, "fieldValue": 1}]
    assert account.refusals("bulk_update_deal_custom_field_data", body=updated) == [("/1/id", "related")]


def test_many_values_are_changed_and_named(account: Account) -> None:
    answer = account.call("bulk_update_deal_custom_field_data", body=[{"id": "64", "fieldValue": "Small"}, {"id": 65, "fieldValue": 1}])
    assert answer == {"message": "DealCustomFieldDatas with ID(s): 64, 65 successfully bulk updated."}
    kept = [account.record("dealCustomFieldData", key) for key in (64, 65)]
    assert [(one["fieldValue"], one["fieldCurrency"], one["originalValue"]) for one in kept] == [("Small", None, "Large"), (1, "usd", 25000)]


def test_no_rows_are_no_error(account: Account) -> None:
    assert account.call("bulk_create_deal_custom_field_data", body=[])["message"] == "The bulk insert was successful."
    assert account.call("bulk_update_deal_custom_field_data", body=[])["message"] == "DealCustomFieldDatas with ID(s):  successfully bulk updated."


def test_values_of_the_fixtures_are_kept_as_their_types_keep_them(account: Account) -> None:
    for one in account.store["dealCustomFieldData"]:
        kind = account.record("dealCustomFieldMeta", one["customFieldId"])["fieldType"]
        assert (one["id"], parse_value(kind, one["fieldValue"])) == (one["id"], one["fieldValue"])
        assert (one["id"], one["fieldCurrency"] is not None) == (one["id"], kind == "currency")


# --- definitions ---


@pytest.mark.parametrize(
    ("label", "taken", "name"),
    [
        ("Sail size", (), "DEAL_SAIL_SIZE"),
        ("Sail size", ("DEAL_SAIL_SIZE",), "DEAL_SAIL_SIZE_1"),
        ("Sail size", ("DEAL_SAIL_SIZE", "DEAL_SAIL_SIZE_1"), "DEAL_SAIL_SIZE_2"),
        ("Größe (m²)", (), "DEAL_GR_SSE__M__"),
        ("", (), "DEAL_"),
    ],
)
def test_a_personalization_follows_from_the_label_and_is_free(label: str, taken: tuple[str, ...], name: str) -> None:
    assert free_personalization(label, frozenset(taken)) == name


def test_personalizations_never_clash_with_fields_nor_with_what_every_deal_has(account: Account) -> None:
    names = [field(account, "text", fieldLabel=label)["personalization"] for label in ("title", "Deposit", "Deposit", "value")]
    assert names == ["DEAL_TITLE_2", "DEAL_DEPOSIT_1", "DEAL_DEPOSIT_2", "DEAL_VALUE_1"]


def test_another_label_leaves_the_personalization(account: Account) -> None:
    account.call("update_deal_custom_field_metum", 5, body={"dealCustomFieldMetum": {"fieldLabel": "Kite size"}}, caller=4)
    kept = account.record("dealCustomFieldMeta", 5)
    assert (kept["fieldLabel"], kept["personalization"], kept["updatedBy"]) == ("Kite size", "DEAL_SAIL_SIZE", 4)


def test_a_new_field_comes_last_and_keeps_who_made_it(account: Account) -> None:
    made = field(account, "text")
    assert (made["displayOrder"], made["createdBy"], made["updatedBy"], made["knownFieldId"]) == (12, 1, None, None)
    assert field(account, "text", displayOrder="-3")["displayOrder"] == -3


@pytest.mark.parametrize(("kind", "kept"), [("dropdown", ["a", "b"]), ("checkbox", ["a", "b"]), ("text", None), ("currency", None)])
def test_only_choices_have_options(account: Account, kind: str, kept: list[str] | None) -> None:
    assert field(account, kind, fieldOptions=["a", "b"])["fieldOptions"] == kept


@pytest.mark.parametrize(("sent", "kept"), [(5000, "5000"), ("5000", "5000"), (["Bag"], ["Bag"]), (None, None), (2.5, "2.5")])
def test_a_default_that_is_a_number_is_kept_as_its_digits(account: Account, sent: Any, kept: Any) -> None:
    assert field(account, "text", fieldDefault=sent)["fieldDefault"] == kept


@pytest.mark.parametrize(("kind", "kept"), [("currency", "eur"), ("number", None)])
def test_only_amounts_have_a_currency(account: Account, kind: str, kept: str | None) -> None:
    assert field(account, kind, fieldDefaultCurrency="EUR")["fieldDefaultCurrency"] == kept


def test_the_type_of_a_field_never_changes(account: Account) -> None:
    account.call("update_deal_custom_field_metum", 5, body={"dealCustomFieldMetum": {"fieldType": "text", "isRequired": True}})
    assert account.record("dealCustomFieldMeta", 5)["fieldType"] == "dropdown"


def test_another_envelope_changes_nothing(account: Account) -> None:
    before = account.contents()
    account.call("update_deal_custom_field_metum", 5, body={"dealCustomFieldMeta": {"fieldLabel": "Kite size"}})
    assert account.contents() == before


def test_a_deleted_field_takes_its_values_along(account: Account) -> None:
    assert account.call("delete_deal_custom_field_metum", 5) == {"message": "DealCustomFieldMeta deleted."}
    assert account.store["dealCustomFieldData"].where("customFieldId", 5) == []
