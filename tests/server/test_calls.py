"""A served mock calls out beside its requests, and ends at once though a receiver hangs."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.server.process import Served, serving

SECONDS = 30


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        yield listener


def watch(served: Served, receiver: socket.socket) -> None:
    url = f"http://127.0.0.1:{receiver.getsockname()[1]}/"
    automation = {"name": "Lead", "model": "person", "action": "created", "url": url}
    answer = httpx.put(f"{served.origin}/_mock/automations", params={"api": "pipelinedeals", "world": "mine"}, json=[automation])
    assert answer.status_code == 200, answer.text


def create(served: Served) -> int:
    sent = {"person": {"last_name": "Moss"}}
    answer = httpx.post(served.base("pipelinedeals", "/api/v3/people.json"), params={"api_key": "mine"}, json=sent)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["id"])


def test_a_served_mock_calls_a_receiver_on_this_machine(receiver: socket.socket) -> None:
    with serving("pipelinedeals") as served:
        watch(served, receiver)
        key = create(served)
        connection, _ = receiver.accept()
        with connection:
            connection.settimeout(SECONDS)
            told = b""
            while f"event_model_id={key}".encode() not in told:
                told += connection.recv(65536) or pytest.fail(f"the call ended early: {told!r}")
    assert told.startswith(b"POST / HTTP/1.1\r\n")
    assert b"trigger=Lead&event_model=person&event_action=created&" in told


def test_a_receiver_that_hangs_does_not_keep_the_server_from_ending(receiver: socket.socket) -> None:
    with serving("pipelinedeals") as served:
        watch(served, receiver)
        create(served)
        connection, _ = receiver.accept()
        with connection:
            begun = time.monotonic()
            served.process.send_signal(signal.SIGINT)
            _, complaints = served.process.communicate(timeout=SECONDS)
            assert time.monotonic() - begun < 3
    assert (served.process.returncode, complaints) == (0, "")
