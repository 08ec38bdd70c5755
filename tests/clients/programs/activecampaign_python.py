"""Journeys with the client `activecampaign-python`: `activecampaign_python.py ORIGIN TOKEN JOURNEY` prints what it saw, as JSON.

The client answers every status with the body's JSON: it raises nothing, and a caller tells an error from a record by its keys.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from activecampaign.client import Client

DEAL = {"title": "Spinnaker repair", "value": 45000, "currency": "eur", "contact": "31", "stage": "17", "owner": "4"}


def deals(client: Client) -> dict[str, Any]:
    made = client.deals.create_a_deal({"deal": DEAL})
    number = made["deal"]["id"]
    client.deals.update_a_deal(number, {"deal": {"value": 47500, "stage": "18", "status": 1}})
    note = client.deals.create_a_deal_note(number, {"note": {"note": "Bring the mast, too"}})["note"]
    client.deals.update_a_deal_note(number, note["id"], {"note": {"note": "Bring mast and boom"}})
    return {
        "keys": sorted(made),
        "created": made["deal"],
        "read": client.deals.retrieve_a_deal(number)["deal"],
        "note": client.notes.retrieve_a_note(note["id"])["note"],
        "found": client.deals.list_all_deals(**{"filters[title]": "spinnaker"})["deals"],
        "activities": client.dealActivities.list_all_deal_activities(deal=number)["dealActivities"],
        "deleted": client.deals.delete_a_deal(number),
        "gone": client.deals.retrieve_a_deal(number),
    }


def paging(client: Client) -> dict[str, Any]:
    pages: list[dict[str, Any]] = []
    while not pages or pages[-1]["deals"]:
        pages.append(client.deals.list_all_deals(limit=10, offset=10 * len(pages)))
    return {"pages": [[deal["id"] for deal in page["deals"]] for page in pages], "totals": [page["meta"]["total"] for page in pages]}


def lists(client: Client) -> dict[str, Any]:
    by_value = client.deals.list_all_deals(**{"filters[status]": 0, "filters[group]": 3, "orders[value]": "DESC", "limit": 100})
    return {
        "deals": [(deal["status"], deal["group"], deal["value"]) for deal in by_value["deals"]],
        "pipelines": [one["id"] for one in client.deals.list_all_pipelines()["dealGroups"]],
        "stages": [one["id"] for one in client.deals.list_all_stages(**{"filters[d_groupid]": 5})["dealStages"]],
        "fields": [one["id"] for one in client.deals.list_all_custom_fields()["dealCustomFieldMeta"]],
        "values": client.deals.list_all_custom_field_values(limit=100)["meta"]["total"],
        "values of a deal": [one["dealId"] for one in client.deals.retrieve_custom_fields_by_id(207)["dealCustomFieldData"]],
        "tags": [one["tag"] for one in client.tags.list_all_tags(search="vip")["tags"]],
        "users": [one["username"] for one in client.users.list_all_users()["users"]],
        "me": client.users.retrieve_logged_in_user()["user"]["username"],
        "by e-mail": client.users.retrieve_a_user_by_email("priya.raman@kitehouse.example")["user"]["id"],
        "by name": client.users.retrieve_a_user_by_username("talder")["user"]["id"],
        "webhooks": len(client.webhooks.list_all_webhooks()["webhooks"]),
        "webhook events": client.webhooks.list_all_webhook_events(),
    }


def contacts(client: Client) -> dict[str, Any]:
    made = client.contacts.create_a_contact({"contact": {"email": "rosa@quay.example", "firstName": "Rosa", "lastName": "Kuhn"}})["contact"]
    number = made["id"]
    synced = client.contacts.create_or_update_contact({"contact": {"email": "rosa@quay.example", "phone": "+49 30 5550"}})["contact"]
    tag = client.tags.create_a_tag({"tag": {"tag": "regatta", "tagType": "contact", "description": ""}})["tag"]
    tagged = client.contacts.add_a_tag_to_contact({"contactTag": {"contact": number, "tag": tag["id"]}})["contactTag"]
    seen = {
        "created": made,
        "synced": synced["id"],
        "again": client.contacts.create_a_contact({"contact": {"email": "rosa@quay.example"}}),
        "read": client.contacts.retrieve_a_contact(number)["contact"],
        "tagged": [one["tag"] for one in client.contacts.retrieve_contact_tags(number)["contactTags"]],
        "tag": tag["id"],
        "with the tag": [one["id"] for one in client.contacts.list_all_contacts(tagid=tag["id"])["contacts"]],
        "updated": client.contacts.update_a_contact(number, {"contact": {"lastName": "Kuhn-Sato"}})["contact"]["lastName"],
        "untagged": client.contacts.remove_a_tag_from_a_contact(tagged["id"]),
        "tags left": client.contacts.retrieve_contact_tags(number)["contactTags"],
        "scores": client.contacts.retrieve_a_contacts_score_value(31)["scoreValues"],
        "deleted": client.contacts.delete_a_contact(number),
    }
    return seen | {"gone": client.contacts.retrieve_a_contact(number)}


def tasks(client: Client) -> dict[str, Any]:
    task = {"relid": "211", "duedate": "2024-04-02T10:00:00-05:00", "dealTasktype": "1", "title": "Ask for the mast"}
    made = client.tasks.create_a_task({"dealTask": task})["dealTask"]
    next_task = client.deals.retrieve_a_deal(211)["deal"]["nextTask"]
    client.tasks.update_a_task(made["id"], {"dealTask": {"status": 1}})
    return {
        "created": made["id"],
        "next": next_task,
        "done": client.tasks.retrieve_a_task(made["id"])["dealTask"]["status"],
        "open": [one["id"] for one in client.tasks.list_all_tasks(**{"filters[status]": 0, "limit": 100})["dealTasks"]],
        "deleted": client.tasks.delete_a_task(made["id"]),
        "gone": client.tasks.retrieve_a_task(made["id"]),
    }


def errors(client: Client) -> dict[str, Any]:
    nobody = Client(client.BASE_URL.removesuffix("/api/3"), "invalid-key")
    return {
        "missing": client.deals.retrieve_a_deal(99999),
        "refused": client.deals.create_a_deal({"deal": {"title": "Without the rest"}}),
        "forbidden": nobody.deals.list_all_deals(),
        "not served": client.lists.retrieve_all_lists(),
    }


JOURNEYS: dict[str, Callable[[Client], dict[str, Any]]] = {journey.__name__: journey for journey in (deals, paging, lists, contacts, tasks, errors)}

if __name__ == "__main__":
    origin, token, name = sys.argv[1:]
    json.dump(JOURNEYS[name](Client(origin, token)), sys.stdout)
