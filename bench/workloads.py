"""What is asked of every variant: one request of each kind, and the answer that our server gives to it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from mockserver.app import create_app
from mockserver.settings import Settings

BASES = {"activecampaign": "/activecampaign/api/3", "pipelinedeals": "/pipelinedeals/api/v3"}
CREDENTIAL = "bench"
KEY = f"api_key={CREDENTIAL}"
"""PipelineDeals has its credential in the query."""
NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)
NEW_DEAL = {
    "title": "Bench",
    "value": 1849900,
    "currency": "usd",
    "contact": "31",
    "stage": "11",
    "owner": "4",
    "percent": 35,
    "description": "x" * 60,
}


@dataclass(frozen=True)
class Workload:
    """One request."""

    name: str
    method: str
    path: str
    query: str = ""
    body: Any = None
    api: str = "activecampaign"

    @property
    def raw_body(self) -> bytes:
        """The encoded body."""
        return b"" if self.body is None else json.dumps(self.body).encode()

    @property
    def url(self) -> str:
        """Path and query below the server's origin."""
        return BASES[self.api] + self.path + (f"?{self.query}" if self.query else "")

    def scope(self) -> dict[str, Any]:
        """Return an ASGI scope of this request, as uvicorn makes it."""
        headers = [(b"host", b"127.0.0.1:9001"), (b"api-token", CREDENTIAL.encode()), (b"accept", b"*/*")]
        if self.body is not None:
            headers += [(b"content-type", b"application/json"), (b"content-length", str(len(self.raw_body)).encode())]
        path = BASES[self.api] + self.path
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": self.query.encode(),
            "root_path": "",
            "headers": headers,
            "server": ("127.0.0.1", 9001),
            "client": ("127.0.0.1", 50000),
            "state": {},
        }


WORKLOADS = (
    Workload("item", "GET", "/deals/207"),
    Workload("list", "GET", "/deals", "limit=20"),
    Workload("filtered", "GET", "/deals", "filters[group]=3&limit=20"),
    Workload("ordered", "GET", "/deals", "orders[title]=ASC&limit=20"),
    Workload("post", "POST", "/deals", body={"deal": NEW_DEAL}),
    Workload("404", "GET", "/deals/99999999"),
    Workload("422", "POST", "/contactDeals", body={"contactDeal": {}}),
)
NEW_PIPELINE_DEAL = {"name": "Bench", "value": "18499.0", "deal_stage_id": 44, "primary_contact_id": 70331, "company_id": 5520, "summary": "x" * 60}
SECOND = tuple(
    replace(one, api="pipelinedeals", query="&".join(filter(None, (one.query, KEY))))
    for one in (
        Workload("item", "GET", "/deals/90412.json"),
        Workload("list", "GET", "/deals.json", "per_page=20"),
        Workload("filtered", "GET", "/deals.json", "conditions[deal_stage][]=44&per_page=20"),
        Workload("ordered", "GET", "/deals.json", "sort=deals.name&per_page=20"),
        Workload("post", "POST", "/deals.json", body={"deal": NEW_PIPELINE_DEAL}),
        Workload("404", "GET", "/deals/99999999.json"),
        Workload("422", "POST", "/admin/teams.json", body={"team": {"name": " "}}),
    )
)
"""The same of PipelineDeals."""


async def ask(app: Any, workload: Workload) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers and body of one answer."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": workload.raw_body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(workload.scope(), receive, send)
    return sent[0]["status"], sent[0]["headers"], b"".join(message.get("body", b"") for message in sent[1:])


@cache
def answers() -> dict[tuple[str, str], tuple[int, list[tuple[bytes, bytes]], bytes]]:
    """Return what our server answers, by method and URL: the bytes that the others send."""
    app = create_app(Settings(clock=NOW))

    async def collect() -> dict[tuple[str, str], tuple[int, list[tuple[bytes, bytes]], bytes]]:
        return {(one.method, one.url): await ask(app, one) for one in (*WORKLOADS, *SECOND)}

    return asyncio.run(collect())
