"""What a request does to boats is called out by the automations of its world, once for each boat, and never in the client's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from mockserver.apis import Api
from mockserver.app import MockApp, create_app
from mockserver.errors import DocumentError
from mockserver.functions import Functions
from mockserver.settings import Settings
from mockserver.store import Change
from mockserver.worlds import Session
from tests.tiny_api.api import HARBOUR

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)
BASE = "/harbour/api/v1"
TERN = {"boat": {"name": "Tern", "length": 8, "hull": "wood"}}
ELSEWHERE = "http://192.0.2.7/"


class Harbour:
    """A harbour, asked as a credential, and what a receiver on this machine got of its calls."""

    def __init__(self, app: MockApp, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client
        self.got: list[dict[str, str]] = []
        self.url = ""
        self.called, self.over = asyncio.Event(), asyncio.Event()

    async def ask(self, method: str, path: str, credential: str = "mine", **arguments: Any) -> httpx.Response:
        return await self.client.request(method, BASE + path, params={"api_key": credential}, **arguments)

    async def watch(self, *actions: str, url: str = "", credential: str = "mine", **more: Any) -> None:
        automations = [{"name": f"On {action}", "model": "vessel", "action": action, "url": url or self.url, **more} for action in actions]
        response = await self.client.put("/_mock/automations", params={"api": "harbour", "world": credential}, json=automations)
        assert response.status_code == 200, response.text

    async def journal(self, credential: str = "mine") -> list[dict[str, Any]]:
        """Return the journal once no call is under way."""
        while self.app.outgoing._under_way:
            await asyncio.wait(self.app.outgoing._under_way)
        return await self.noted(credential)

    async def noted(self, credential: str = "mine") -> list[dict[str, Any]]:
        """Return the journal as it is."""
        response = await self.client.get("/_mock/journal", params={"api": "harbour", "world": credential})
        entries: list[dict[str, Any]] = response.json()["entries"]
        return entries

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answer: bytes | None) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        self.got.append(dict(parse_qsl((await reader.readexactly(length)).decode())))
        self.called.set()
        if answer is None:
            await self.over.wait()
        else:
            writer.write(b"HTTP/1.1 " + answer + b"\r\nContent-Length: 0\r\n\r\n")
        writer.close()


@asynccontextmanager
async def harbour(*, answer: bytes | None = b"200 OK", api: Api = HARBOUR, **options: Any) -> AsyncIterator[Harbour]:
    app = create_app(Settings(clock=NOW, **options), [api])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://harbour.example") as client:
        made = Harbour(app, client)

        async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await made.receive(reader, writer, answer=answer)

        async with await asyncio.start_server(receive, "127.0.0.1", 0) as server:
            made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/calls"
            try:
                yield made
            finally:
                made.over.set()
                app.outgoing.close()


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(coroutine)


# --- one event for each record ---


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/boats.json", TERN, ("On created", "launched", "6")),
        ("PUT", "/boats/2.json", {"boat": {"moored": False}}, ("On updated", "refitted", "2")),
        ("PUT", "/boats/2.json", {"boat": {"name": "Tern"}}, ("On updated", "refitted", "2")),
        ("DELETE", "/boats/3.json", None, ("On deleted", "sunk", "3")),
    ],
)
def test_a_write_is_one_call_of_the_automation_that_watches_for_it(method: str, path: str, body: Any, expected: tuple[str, str, str]) -> None:
    async def test() -> None:
        async with harbour() as port:
            await port.watch("created", "updated", "deleted")
            assert (await port.ask(method, path, json=body)).status_code < 300
            [entry] = await port.journal()
            rule, how, which = expected
            assert port.got == [{"rule": rule, "what": "vessel", "how": how, "which": which}]
            assert entry == {
                "kind": "call",
                "at": "2024-03-25T15:00:00+00:00",
                "automation": rule,
                "url": port.url,
                "parameters": {"rule": rule, "what": "vessel", "how": how, "which": int(which)},
                "outcome": "sent",
                "status": 200,
            }

    run(test())


def with_effect(effect: Callable[[Session, Change, Any], None]) -> Api:
    functions: Functions = replace(HARBOUR.functions, effects={**HARBOUR.functions.effects, "log_mooring": effect})
    return replace(HARBOUR, functions=functions)


def test_a_create_whose_effects_write_the_record_again_is_a_create() -> None:
    def rename(session: Session, change: Change, sent: Any) -> None:
        if change.before is None and change.after is not None:
            session.update("boats", change.after["id"], {"name": "Renamed"})

    async def test() -> None:
        async with harbour(api=with_effect(rename)) as port:
            await port.watch("created", "updated")
            assert (await port.ask("POST", "/boats.json", json=TERN)).json()["name"] == "Renamed"
            await port.journal()
            assert [call["how"] for call in port.got] == ["launched"]

    run(test())


def test_an_amended_record_is_no_event_and_another_that_an_effect_writes_is() -> None:
    def follow(session: Session, change: Change, sent: Any) -> None:
        session.amend("boats", 4, {"name": "Amended"})
        if change.after is not None and change.after["id"] == 2:
            session.update("boats", 5, {"name": "Followed"})

    async def test() -> None:
        async with harbour(api=with_effect(follow)) as port:
            await port.watch("updated")
            await port.ask("PUT", "/boats/2.json", json={"boat": {"name": "Tern"}})
            await port.journal()
            assert sorted(call["which"] for call in port.got) == ["2", "5"]
            assert (await port.ask("GET", "/boats/4.json")).json()["name"] == "Amended"

    run(test())


def test_records_of_other_collections_are_no_events() -> None:
    async def test() -> None:
        async with harbour() as port:
            await port.watch("created", "updated", "deleted")
            sent = {"note": {"content": "All well"}}
            assert (await port.ask("POST", "/boats/1/notes.json", json=sent)).status_code == 201
            assert await port.journal() == []

    run(test())


def test_a_refused_request_calls_nobody() -> None:
    def fall_over(session: Session, change: Change, sent: Any) -> None:
        raise RuntimeError("overboard")

    async def test() -> None:
        async with harbour(api=with_effect(fall_over)) as port:
            await port.watch("created")
            assert (await port.ask("POST", "/boats.json", json=TERN)).status_code == 500
            assert (await port.ask("POST", "/boats.json", json={"boat": {"name": ""}})).status_code == 422
            assert await port.journal() == []

    run(test())


def test_what_a_call_writes_calls_nobody_again() -> None:
    async def test() -> None:
        async with harbour() as port:
            await port.watch("created")
            await port.ask("POST", "/boats.json", json=TERN, headers={"X-Mock-Automation": "1"})
            assert await port.journal() == []

    run(test())


# --- worlds ---


def test_automations_and_calls_of_a_world_are_its_own() -> None:
    async def test() -> None:
        async with harbour() as port:
            await port.watch("created")
            await port.ask("POST", "/boats.json", "yours", json=TERN)
            await port.ask("POST", "/boats.json", "mine:2", json=TERN)
            assert len(await port.journal("mine")) == 1
            assert await port.journal("yours") == []
            assert len(port.got) == 1

    run(test())


def test_a_world_without_automations_notes_no_writes() -> None:
    seen: list[Any] = []

    def look(session: Session, change: Change, sent: Any) -> None:
        seen.append(session.writes)

    async def test() -> None:
        async with harbour(api=with_effect(look)) as port:
            await port.ask("POST", "/boats.json", json=TERN)
            await port.watch("created")
            await port.ask("POST", "/boats.json", json=TERN)
            await port.watch()
            await port.ask("POST", "/boats.json", json=TERN)

    run(test())
    assert [writes is None for writes in seen] == [True, False, True]


# --- what goes wrong ---


def test_the_client_does_not_wait_for_a_receiver_that_hangs() -> None:
    async def test() -> None:
        async with harbour(answer=None) as port:
            await port.watch("created")
            answer = await asyncio.wait_for(port.ask("POST", "/boats.json", json=TERN), 1)
            assert answer.status_code == 201
            await asyncio.wait_for(port.called.wait(), 5)
            assert (await asyncio.wait_for(port.ask("GET", "/boats/6.json"), 1)).status_code == 200
            assert len(port.app.outgoing._under_way) == 1
            assert await port.noted() == []

    run(test())


def test_the_end_of_the_server_gives_up_what_is_under_way() -> None:
    async def test() -> None:
        async with harbour(answer=None) as port:
            told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            done: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            lifespan = asyncio.create_task(port.app({"type": "lifespan", "state": {}}, told.get, done.put))
            await told.put({"type": "lifespan.startup"})
            assert (await done.get())["type"] == "lifespan.startup.complete"
            await port.watch("created")
            await port.ask("POST", "/boats.json", json=TERN)
            await asyncio.wait_for(port.called.wait(), 5)
            [call] = port.app.outgoing._under_way
            await told.put({"type": "lifespan.shutdown"})
            await lifespan
            await asyncio.wait([call], timeout=1)
            assert call.cancelled()

    run(test())


def test_a_receiver_that_fails_is_told_to_the_address_for_failures_and_not_to_the_client() -> None:
    async def test() -> None:
        async with harbour(answer=b"500 Internal Server Error") as port:
            await port.watch("created", failure_email="mate@harbour.example")
            assert (await port.ask("POST", "/boats.json", json=TERN)).status_code == 201
            call, mail = await port.journal()
            assert (call["outcome"], call["status"], call["error"]) == ("failed", 500, "answered with 500")
            assert (mail["kind"], mail["to"], mail["reason"]) == ("mail", "mate@harbour.example", "answered with 500")

    run(test())


def test_another_machine_is_refused_in_the_journal() -> None:
    async def test() -> None:
        async with harbour() as port:
            await port.watch("created", url=ELSEWHERE)
            assert (await port.ask("POST", "/boats.json", json=TERN)).status_code == 201
            [call] = await port.journal()
            assert (call["outcome"], call["reason"]) == ("refused", "192.0.2.7 is not this machine; --allow-outgoing")

    run(test())


def test_with_allow_outgoing_another_machine_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    async def connect(self: Any, request: httpx.Request) -> httpx.Response:
        begun.append(str(request.url))
        return httpx.Response(202)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", connect)

    async def test() -> None:
        async with harbour(allow_outgoing=True) as port:
            await port.watch("created", url=ELSEWHERE)
            await port.ask("POST", "/boats.json", json=TERN)
            [call] = await port.journal()
            assert (call["outcome"], call["status"], begun) == ("sent", 202, [ELSEWHERE])

    run(test())


@pytest.mark.parametrize("url", ["http://a..b/", "http://xn--a/", "http://%00/", "http://localhost:1/"])
def test_a_url_that_leads_nowhere_fails_in_the_journal(url: str) -> None:
    async def test() -> None:
        async with harbour() as port:
            await port.watch("created", url=url)
            assert (await port.ask("POST", "/boats.json", json=TERN)).status_code == 201
            [call] = await port.journal()
            assert call["outcome"] == "failed"
            assert call["error"]

    run(test())


def test_events_of_an_api_that_makes_no_calls_stop_the_start() -> None:
    silent = replace(HARBOUR, conventions=replace(HARBOUR.conventions, calls=None))
    with pytest.raises(DocumentError, match="makes no calls"):
        create_app(Settings(clock=NOW), [silent])
