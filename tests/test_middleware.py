"""A line per request."""

from __future__ import annotations

import asyncio
import io
import json

import httpx

from mockserver.app import create_app
from mockserver.middleware import RequestLog
from mockserver.settings import Settings


def lines(style: str, *requests: tuple[str, str]) -> list[str]:
    stream = io.StringIO()

    async def send() -> None:
        transport = httpx.ASGITransport(app=RequestLog(create_app(Settings()), style, stream))
        async with httpx.AsyncClient(transport=transport, base_url="http://h/activecampaign/api/3", headers={"Api-Token": "me"}) as client:
            for method, path in requests:
                await client.request(method, path)

    asyncio.run(send())
    return stream.getvalue().splitlines()


def test_a_line_tells_method_path_status_operation_and_world() -> None:
    (line,) = lines("text", ("GET", "/deals/207?x=1"))
    method, path, status, milliseconds, operation, world = line.split()
    assert (method, path, status, operation, world) == ("GET", "/activecampaign/api/3/deals/207?x=1", "200", "get_deal", "world='me'")
    assert float(milliseconds.removesuffix("ms")) >= 0


def test_json_lines_tell_the_same() -> None:
    told = [json.loads(line) for line in lines("json", ("DELETE", "/deals/207"), ("GET", "/nowhere"))]
    assert [(one["method"], one["status"], one["operation"], one["world"]) for one in told] == [
        ("DELETE", 200, "delete_deal", "me"),
        ("GET", 404, None, None),
    ]


def test_a_path_cannot_forge_a_line() -> None:
    (line,) = lines("text", ("GET", "/deals/%0AGET%20/forged"))
    assert "\n" not in line
    assert "%0AGET" in line
