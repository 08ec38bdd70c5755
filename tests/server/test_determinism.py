"""Same options, same requests, two processes: the same bytes, headers included."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.server.process import Served, serving

BASE = "/activecampaign/api/3"
OPTIONS = ("--clock", "2024-03-25T15:00:00Z", "--seed", "7")


def sent(origin: str, method: str, path: str, body: object = None, credential: str = "me", base: str = BASE) -> bytes:
    """Return every byte that comes back for one request on a connection of its own."""
    where = urlsplit(origin)
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {base}{path} HTTP/1.1\r\nHost: mock.example\r\nApi-Token: {credential}\r\nConnection: close\r\n"
    if content:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as connection:
        connection.sendall(head.encode() + b"\r\n" + content)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def conversation(served: Served) -> list[bytes]:
    origin = served.origin
    return [
        sent(origin, "GET", "/deals?include=contact,dealCustomFieldData&orders[next-action]=ASC"),
        sent(origin, "POST", "/deals", {"deal": {"title": "Twin", "value": 100.5, "currency": "usd", "contact": "31", "group": "3"}}),
        sent(origin, "POST", "/dealGroups", {"dealGroup": {"title": "New", "currency": "eur", "users": ["4"]}}),
        sent(origin, "POST", "/contacts", {"contact": {"email": "twin@example.com"}}),
        sent(origin, "POST", "/deals", {"deal": {}}),
        sent(origin, "GET", "/deals?filters[nextdate_range]=overdue", credential="other"),
        sent(origin, "GET", "/dealActivities?limit=100"),
        sent(origin, "DELETE", "/dealStages/11"),
        sent(origin, "GET", "/dealGroups"),
        sent(origin, "GET", "/nowhere"),
        sent(origin, "GET", "/deals", credential="invalid"),
        sent(origin, "GET", "/openapi.json"),
    ]


def conversation_in_pipelinedeals(served: Served) -> list[bytes]:
    origin, base = served.origin, "/pipelinedeals/api/v3"
    lead = {"type": "Lead", "full_name": "Noor Haddad", "email": "noor@example.org", "company_name": "Beacon Optics"}
    event = {
        "type": "CalendarEvent",
        "name": "Dive",
        "start_time": "2024-04-02 10:00:00",
        "end_time": "2024-04-02 11:00:00",
        "rrule": "FREQ=WEEKLY;COUNT=3",
    }
    return [
        sent(origin, "GET", "/profile.json?api_key=me", base=base),
        sent(origin, "POST", "/people.json?api_key=me", {"person": lead, "todo_template_id": 501}, base=base),
        sent(
            origin,
            "POST",
            "/documents.json?api_key=me",
            {"document": {"title": "a.pdf", "url": "https://example.org/a.pdf", "deal_id": 90412}},
            base=base,
        ),
        sent(origin, "POST", "/calendar_entries.json?api_key=me", {"calendar_entry": event}, base=base),
        sent(origin, "POST", "/deals.json?api_key=me", {"deal": {}}, base=base),
        sent(origin, "GET", "/deals.json?api_key=me:313&sort=-deals.name&totals=true", base=base),
        sent(origin, "DELETE", "/admin/deal_stages/44.json?api_key=me", base=base),
        sent(origin, "GET", "/documents.json?api_key=me", base=base),
        sent(origin, "GET", "/deals.json?api_key=invalid", base=base),
        sent(origin, "GET", "/_mock/journal?api=pipelinedeals&world=me", base=""),
    ]


@pytest.mark.parametrize("talk", [conversation, conversation_in_pipelinedeals])
def test_two_processes_answer_with_the_same_bytes(talk: Callable[[Served], list[bytes]]) -> None:
    with serving(*OPTIONS) as one:
        first = talk(one)
    with serving(*OPTIONS) as other:
        second = talk(other)
    assert all(answer.startswith(b"HTTP/1.1 ") for answer in first)
    assert first == second


def test_every_date_comes_from_the_clock() -> None:
    with serving(*OPTIONS) as served:
        answer = sent(served.origin, "POST", "/dealRoles", {"dealRole": {"title": "Dated"}})
    assert b"\r\ndate: Mon, 25 Mar 2024 15:00:00 GMT\r\n" in answer
    assert b"2024-03-25T10:00:00-05:00" in answer


def test_another_seed_gives_other_hashes() -> None:
    hashes = set()
    for seed in ("1", "2"):
        with serving("--clock", "2024-03-25T15:00:00Z", "--seed", seed) as served:
            answer = sent(served.origin, "POST", "/deals", {"deal": {"title": "T", "value": 1, "currency": "usd", "contact": "31", "group": "3"}})
            hashes.add(json.loads(answer.partition(b"\r\n\r\n")[2])["deal"]["hash"])
    assert len(hashes) == 2
