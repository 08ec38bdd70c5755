"""Automations: what happens to people, deals and companies is told to a URL, in the parameters and words of the real service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mockserver.app import MockApp
from tests.apis.pipelinedeals.client import Client

PLACES = {"person": "/people", "deal": "/deals", "company": "/companies"}
NEW = {"person": {"last_name": "Moss"}, "deal": {"name": "Gauges"}, "company": {"name": "Moss Ltd"}}

Heard = Callable[[], list[str]]


@pytest.fixture
def listening(app: MockApp, runner: asyncio.Runner, mira: Client) -> Iterator[Heard]:
    """Watch for everything in Mira's account; return a function that waits until no call is under way, and returns their bodies."""
    got: list[str] = []

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"POST /from-the-crm HTTP/1.1\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        got.append((await reader.readexactly(length)).decode())
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async def listen() -> asyncio.Server:
        server = await asyncio.start_server(receive, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/from-the-crm"
        automations = [
            {"name": f"{model} & {action}", "model": model, "action": action, "url": url}
            for model in PLACES
            for action in ("created", "updated", "deleted")
        ]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://pipeline.example") as client:
            answer = await client.put("/_mock/automations", params={"api": "pipelinedeals", "world": mira.key}, json=automations)
        assert answer.status_code == 200, answer.text
        return server

    async def hear() -> list[str]:
        while app.outgoing._under_way:
            await asyncio.wait(app.outgoing._under_way)
        return got

    server = runner.run(listen())
    yield lambda: runner.run(hear())
    server.close()


@pytest.mark.parametrize("model", list(PLACES))
def test_what_happens_to_a_record_is_told_as_the_real_service_tells_it(mira: Client, listening: Heard, model: str) -> None:
    place = PLACES[model]
    key: Any = mira.post(f"{place}.json", {model: NEW[model]})["id"]
    mira.put(f"{place}/{key}.json", {model: NEW[model]})
    mira.send("DELETE", f"{place}/{key}.json")
    told = [
        f"trigger={model}+%26+{action}&event_model={model}&event_action={action}&event_model_id={key}" for action in ("created", "updated", "deleted")
    ]
    assert sorted(listening()) == sorted(told)


def test_a_refused_write_is_not_told(mira: Client, listening: Heard) -> None:
    assert mira.send("POST", "/deals.json", json={"deal": {}}).status_code == 422
    assert listening() == []
