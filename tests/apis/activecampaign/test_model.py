"""A state machine over HTTP against a simple model: created is readable, changed has changed, lists and filters agree, deleted is gone."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime
from typing import Any

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.bundles import CACHE

APP = create_app(Settings(clock=datetime(2024, 3, 25, 15, tzinfo=UTC), cache=CACHE))
CREDENTIALS = itertools.count()
TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
VALUES = st.integers(0, 2**53 - 1)
CURRENCIES = st.sampled_from(["usd", "eur", "gbp"])


class Deals(RuleBasedStateMachine):
    """A pipeline of its own in a world of its own, and a dict for the deals that should be in it."""

    deals = Bundle("deals")
    stages = Bundle("stages")

    @initialize(target=stages)
    def pipeline(self) -> Any:
        self.loop = asyncio.new_event_loop()
        headers = {"Api-Token": f"model-{next(CREDENTIALS)}"}
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=APP), base_url="http://m/activecampaign/api/3", headers=headers)
        self.known: dict[str, dict[str, Any]] = {}
        made = self.send("POST", "/dealGroups", {"dealGroup": {"title": "Model", "currency": "usd", "autoassign": 1, "allusers": 1}}, 200)
        self.group: str = made["dealGroup"]["id"]
        self.stage_titles = {stage["id"]: stage["title"] for stage in made["dealStages"]}
        return made["dealStages"][0]["id"]

    def teardown(self) -> None:
        if hasattr(self, "client"):
            self.loop.run_until_complete(self.client.aclose())
            self.loop.close()

    def send(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.loop.run_until_complete(self.client.request(method, path, json=body))
        assert answer.status_code == status, answer.text
        return answer.json()

    def listed(self, query: str) -> list[str]:
        found: list[str] = []
        while True:
            page = self.send("GET", f"/deals?filters[group]={self.group}&limit=3&offset={len(found)}{query}")
            found += [deal["id"] for deal in page["deals"]]
            if len(found) >= page["meta"]["total"]:
                return found

    @rule(target=stages, title=TITLES)
    def add_stage(self, title: str) -> Any:
        made = self.send("POST", "/dealStages", {"dealStage": {"title": title, "group": self.group}})
        self.stage_titles[made["dealStage"]["id"]] = title
        return made["dealStage"]["id"]

    @rule(target=deals, title=TITLES, value=VALUES, currency=CURRENCIES, stage=stages)
    def create(self, title: str, value: int, currency: str, stage: str) -> Any:
        body = {"title": title, "value": value, "currency": currency, "contact": "31", "stage": stage}
        made = self.send("POST", "/deals", {"deal": body}, 201)["deal"]
        assert (made["title"], made["value"], made["group"]) == (title, value, self.group)
        self.known[made["id"]] = {"title": title, "value": value, "currency": currency, "stage": stage, "status": 0}
        return made["id"]

    @rule(deal=deals, title=TITLES)
    def rename(self, deal: str, title: str) -> None:
        self.send("PUT", f"/deals/{deal}", {"deal": {"title": title}})
        self.known[deal]["title"] = title

    @rule(deal=deals, value=VALUES, currency=CURRENCIES)
    def revalue(self, deal: str, value: int, currency: str) -> None:
        self.send("PUT", f"/deals/{deal}", {"deal": {"value": value, "currency": currency}})
        self.known[deal].update(value=value, currency=currency)

    @rule(deal=deals, stage=stages, status=st.sampled_from([0, 1, 2]))
    def move(self, deal: str, stage: str, status: int) -> None:
        self.send("PATCH", f"/deals/{deal}", {"deal": {"stage": stage, "status": status}})
        self.known[deal].update(stage=stage, status=status)

    @rule(source=stages, target_stage=stages)
    def move_all(self, source: str, target_stage: str) -> None:
        moved = self.send("PUT", f"/dealStages/{source}/deals", {"deal": {"stage": target_stage}})["deals"]
        expected = [key for key, deal in self.known.items() if deal["stage"] == source]
        assert sorted(deal["id"] for deal in moved) == sorted(expected)
        for key in expected:
            self.known[key]["stage"] = target_stage

    @rule(deal=consumes(deals))
    def delete(self, deal: str) -> None:
        assert self.send("DELETE", f"/deals/{deal}") == {}
        del self.known[deal]
        self.send("GET", f"/deals/{deal}", status=404)
        self.send("DELETE", f"/deals/{deal}", status=404)

    @rule(deal=deals)
    def read(self, deal: str) -> None:
        seen = self.send("GET", f"/deals/{deal}")["deal"]
        known = self.known[deal]
        assert {name: seen[name] for name in known} == {**known, "value": str(known["value"]), "status": str(known["status"])}

    @rule(stage=stages)
    def filter_by_stage(self, stage: str) -> None:
        expected = [key for key, deal in self.known.items() if deal["stage"] == stage]
        assert self.listed(f"&filters[stage]={stage}") == sorted(expected, key=int)

    @rule(status=st.sampled_from([0, 1, 2]))
    def filter_by_status(self, status: int) -> None:
        expected = [key for key, deal in self.known.items() if deal["status"] == status]
        assert self.listed(f"&filters[status]={status}") == sorted(expected, key=int)

    @rule(descending=st.booleans())
    def order_by_value(self, descending: bool) -> None:
        expected = sorted(sorted(self.known, key=int), key=lambda key: self.known[key]["value"], reverse=descending)
        assert self.listed(f"&orders[value]={'DESC' if descending else 'ASC'}") == expected

    @invariant()
    def sums_agree(self) -> None:
        if not hasattr(self, "client"):
            return
        meta = self.send("GET", f"/deals?filters[group]={self.group}&limit=0")["meta"]
        assert meta["total"] == len(self.known)
        sums: dict[str, int] = {}
        for deal in self.known.values():
            sums[deal["currency"].upper()] = sums.get(deal["currency"].upper(), 0) + deal["value"]
        told = {code: int(one["value"]) for code, one in meta["currencies"].items()} if self.known else meta["currencies"]
        assert told == (sums or [])


TestDeals = Deals.TestCase
TestDeals.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
