"""Sixteen threads with sixteen credentials writing at random: each finds its world as if it had been alone."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.server.process import serving

BASE = "/activecampaign/api/3"
WORKERS = 16
STEPS = 25
OPTIONS = ("--clock", "2024-03-25T15:00:00Z")


def write_at_random(client: httpx.Client, worker: int) -> list[tuple[int, Any]]:
    """Return what a worker saw: its own random writes, then its whole world."""
    choose = random.Random(worker)
    seen = []
    for step in range(STEPS):
        deals = [deal["id"] for deal in client.get("/deals", params={"limit": 100}).json()["deals"]]
        action = choose.choice(["create", "create", "update", "delete", "task", "move"])
        deal = choose.choice(deals)
        if action == "create":
            body = {"title": f"{worker}-{step}", "value": step, "currency": "usd", "contact": "31", "group": "3"}
            answer = client.post("/deals", json={"deal": body})
        elif action == "update":
            answer = client.put(f"/deals/{deal}", json={"deal": {"title": f"changed {worker}-{step}", "status": choose.randrange(3)}})
        elif action == "delete":
            answer = client.delete(f"/deals/{deal}")
        elif action == "task":
            answer = client.post("/dealTasks", json={"dealTask": {"relid": deal, "duedate": "2024-04-01", "dealTasktype": "1", "title": f"{worker}"}})
        else:
            answer = client.put(f"/dealStages/{choose.choice([11, 12, 13])}/deals", json={"deal": {"stage": str(choose.choice([11, 12, 13]))}})
        assert answer.status_code < 300, answer.text
        seen.append((answer.status_code, answer.json()))
    paths = ("/deals", "/dealTasks", "/dealActivities", "/dealGroups")
    return [*seen, *((200, client.get(path, params={"limit": 100}).json()) for path in paths)]


def world_of(origin: str, worker: int) -> list[tuple[int, Any]]:
    with httpx.Client(base_url=origin + BASE, headers={"Api-Token": f"worker-{worker}", "Host": "mock.example"}, timeout=60) as client:
        return write_at_random(client, worker)


def write_deals_at_random(client: httpx.Client, worker: int) -> list[tuple[int, Any]]:
    """Return what a worker of PipelineDeals saw: its own random writes, then its whole world and its journal."""
    choose, seen = random.Random(worker), []
    for step in range(STEPS):
        deal = choose.choice([deal["id"] for deal in client.get("/deals.json").json()["entries"]])
        action = choose.choice(["create", "create", "assign", "delete", "note", "person"])
        if action == "create":
            answer = client.post("/deals.json", json={"deal": {"name": f"{worker}-{step}", "value": step, "deal_stage_id": choose.randrange(41, 47)}})
        elif action == "assign":
            answer = client.put(f"/deals/{deal}.json", json={"deal": {"name": f"{worker}-{step} changed", "user_id": choose.choice([312, 313])}})
        elif action == "delete":
            answer = client.delete(f"/deals/{deal}.json")
        elif action == "note":
            answer = client.post("/notes.json", json={"note": {"deal_id": deal, "content": f"{worker}"}})
        else:
            answer = client.post("/people.json", json={"person": {"first_name": f"{worker}", "deal_ids": [deal]}})
        assert answer.status_code < 300, answer.text
        seen.append((answer.status_code, answer.json() if answer.content else None))
    own = [(200, client.get(path).json()) for path in ("/notes.json", "/people.json", "/calendar_entries.json", "/deals.json")]
    journal = httpx.get(str(client.base_url.join("/_mock/journal")), params={"api": "pipelinedeals", "world": f"worker-{worker}"}, trust_env=False)
    return [*seen, (200, journal.json()), *own]


def deals_of(origin: str, worker: int) -> list[tuple[int, Any]]:
    with httpx.Client(base_url=f"{origin}/pipelinedeals/api/v3", params={"api_key": f"worker-{worker}"}, timeout=60) as client:
        return write_deals_at_random(client, worker)


def test_sixteen_keys_of_pipelinedeals_never_meet() -> None:
    with serving(*OPTIONS) as served, ThreadPoolExecutor(WORKERS) as pool:
        together = list(pool.map(lambda worker: deals_of(served.origin, worker), range(WORKERS)))
    with serving(*OPTIONS) as served:
        for worker in (0, 7, 15):
            assert deals_of(served.origin, worker) == together[worker]
    for worker, seen in enumerate(together):
        written = {deal["name"] for deal in seen[-1][1]["entries"] if deal["name"][0].isdigit()}
        assert written
        assert all(name.startswith(f"{worker}-") for name in written)


def test_sixteen_credentials_never_meet() -> None:
    with serving(*OPTIONS) as served, ThreadPoolExecutor(WORKERS) as pool:
        together = list(pool.map(lambda worker: world_of(served.origin, worker), range(WORKERS)))
    with serving(*OPTIONS) as served:
        for worker in (0, 7, 15):
            assert world_of(served.origin, worker) == together[worker]
    titles = [{deal["title"] for deal in seen[-4][1]["deals"]} for seen in together]
    for worker, own in enumerate(titles):
        written = {title for title in own if title.removeprefix("changed ").partition("-")[0].isdigit()}
        assert all(title.removeprefix("changed ").startswith(f"{worker}-") for title in written)
