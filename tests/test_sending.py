"""A call reaches this machine and no other: judged by the address that is connected to, whatever names, redirects and proxies say."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from mockserver.outgoing import NotThisMachine
from mockserver.sending import Resolve, Sender, is_this_machine, resolve

FORM = {"rule": "A & B", "which": 7}


class Receiver:
    """A server on this machine that notes what it gets, and answers with the same bytes each time; none: never."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer = answer
        self.port = 0
        self.got: list[bytes] = []
        self.over = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        self.got.append(head + await reader.readexactly(length))
        if self.answer is None:
            await self.over.wait()
        else:
            writer.write(self.answer)
        writer.close()


def answer(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Length: 0", *headers, "", ""]).encode()


@asynccontextmanager
async def receiving(reply: bytes | None = answer("200 OK"), host: str = "127.0.0.1") -> AsyncIterator[Receiver]:
    receiver = Receiver(reply)
    async with await asyncio.start_server(receiver.serve, host, 0) as server:
        receiver.port = server.sockets[0].getsockname()[1]
        try:
            yield receiver
        finally:
            receiver.over.set()


def known(**hosts: list[str]) -> Resolve:
    """Return a resolver that knows these names alone, with `_` for a dot."""

    async def look_up(host: str, port: int) -> list[str]:
        return hosts[host.replace(".", "_")]

    return look_up


def post(url: str, sender: Sender | None = None) -> int:
    return asyncio.run((sender or Sender()).post(url, FORM))


# --- what is sent ---


def test_a_call_is_a_form_for_the_url_as_it_is_spelled() -> None:
    async def run() -> tuple[int, Receiver]:
        async with receiving(answer("201 Created")) as receiver:
            return await Sender().post(f"http://localhost:{receiver.port}/a/b?c=d%20e", FORM), receiver

    status, receiver = asyncio.run(run())
    assert status == 201
    head, body = receiver.got[0].split(b"\r\n\r\n")
    assert head.startswith(b"POST /a/b?c=d%20e HTTP/1.1\r\n")
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert headers[b"host"] == b"localhost:%d" % receiver.port
    assert headers[b"content-type"] == b"application/x-www-form-urlencoded"
    assert headers[b"x-mock-automation"] == b"1"
    assert body == b"rule=A+%26+B&which=7"


def test_every_loopback_address_of_a_name_is_tried() -> None:
    async def run() -> int:
        async with receiving() as receiver:
            return await Sender(resolve=known(here_test=["::1", "127.0.0.9", "127.0.0.1"])).post(f"http://here.test:{receiver.port}/", FORM)

    assert asyncio.run(run()) == 200


def test_an_unused_port_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        post(f"http://127.0.0.1:{port}/")


def test_a_receiver_that_hangs_is_given_up() -> None:
    async def run() -> float:
        async with receiving(None) as receiver:
            begun = time.monotonic()
            with pytest.raises((TimeoutError, httpx.TimeoutException)):
                await Sender(seconds=0.2).post(f"http://127.0.0.1:{receiver.port}/", FORM)
            assert len(receiver.got) == 1
            return time.monotonic() - begun

    assert asyncio.run(run()) < 2


def test_an_endless_answer_is_not_read() -> None:
    async def run() -> int:
        async with receiving(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nbegin") as receiver:
            return await Sender().post(f"http://127.0.0.1:{receiver.port}/", FORM)

    assert asyncio.run(run()) == 200


def test_no_server_at_the_other_end_is_an_error_of_http() -> None:
    async def run() -> None:
        async with receiving(b"220 mail.test ESMTP\r\n") as receiver:
            with pytest.raises(httpx.RemoteProtocolError):
                await Sender().post(f"http://127.0.0.1:{receiver.port}/", FORM)

    asyncio.run(run())


# --- to whom ---


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1", True),
        ("127.200.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:7f00:1", True),
        ("::ffff:8.8.8.8", False),
        ("::ffff:0.0.0.0", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("fe80::1", False),
        ("fe80::1%1", False),
        ("8.8.8.8", False),
        ("128.0.0.1", False),
        ("2001:db8::1", False),
    ],
)
def test_only_loopback_addresses_are_this_machine(address: str, here: bool) -> None:
    assert is_this_machine(address) is here


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the list of connections that were begun, all of which fail."""
    begun: list[Any] = []

    async def connect(self: Any, request: httpx.Request) -> httpx.Response:
        begun.append((request.url.host, request.headers["Host"], request.extensions["sni_hostname"]))
        raise httpx.ConnectError("not in a test")

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", connect)
    return begun


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://8.8.8.8/", "8.8.8.8"),
        ("https://8.8.8.8:8443/", "8.8.8.8"),
        ("http://0.0.0.0:8080/", "0.0.0.0"),
        ("http://[::]/", "::"),
        ("http://[::ffff:8.8.8.8]/", "::ffff:8.8.8.8"),
        ("http://134744072/", "134744072 (8.8.8.8)"),
        ("http://0x08.8.8.8/", "0x08.8.8.8 (8.8.8.8)"),
        ("http://127.0.0.1@8.8.8.8/", "8.8.8.8"),
        ("http://localhost#@8.8.8.8/", None),
    ],
)
def test_another_machine_is_refused_before_a_connection_is_begun(url: str, named: str | None, no_connection: list[Any]) -> None:
    if named is None:
        with pytest.raises(httpx.ConnectError):
            post(url)
        assert {host for host, _, _ in no_connection} <= {"127.0.0.1", "::1"}
    else:
        with pytest.raises(NotThisMachine) as refused:
            post(url)
        assert (str(refused.value), no_connection) == (named, [])


def test_a_name_of_another_machine_is_refused_with_its_addresses(no_connection: list[Any]) -> None:
    sender = Sender(resolve=known(example_test=["192.0.2.7", "2001:db8::7"]))
    with pytest.raises(NotThisMachine) as refused:
        post("http://example.test/", sender)
    assert (str(refused.value), no_connection) == ("example.test (192.0.2.7, 2001:db8::7)", [])


def test_of_a_name_with_addresses_here_and_elsewhere_only_those_here_are_tried(no_connection: list[Any]) -> None:
    sender = Sender(resolve=known(mixed_test=["192.0.2.7", "127.0.0.1"]))
    with pytest.raises(httpx.ConnectError):
        post("http://mixed.test/", sender)
    assert no_connection == [("127.0.0.1", "mixed.test", "mixed.test")]


def test_a_name_is_looked_up_once_and_its_judged_address_is_the_one_connected_to(no_connection: list[Any]) -> None:
    answers = [["127.0.0.1"], ["192.0.2.7"]]

    async def rebound(host: str, port: int) -> list[str]:
        return answers.pop(0)

    with pytest.raises(httpx.ConnectError):
        post("http://rebound.test:81/", Sender(resolve=rebound))
    assert no_connection == [("127.0.0.1", "rebound.test:81", "rebound.test")]
    assert answers == [["192.0.2.7"]]


def test_with_leave_other_machines_are_called(no_connection: list[Any]) -> None:
    sender = Sender(anywhere=True, resolve=known(example_test=["192.0.2.7", "2001:db8::7"]))
    with pytest.raises(httpx.ConnectError):
        post("https://example.test/", sender)
    assert no_connection == [("192.0.2.7", "example.test", "example.test"), ("2001:db8::7", "example.test", "example.test")]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_is_not_followed(status: str) -> None:
    async def run() -> tuple[int, list[bytes]]:
        async with receiving() as elsewhere, receiving(answer(status, f"Location: http://127.0.0.1:{elsewhere.port}/")) as receiver:
            return await Sender().post(f"http://127.0.0.1:{receiver.port}/", FORM), elsewhere.got

    found, followed = asyncio.run(run())
    assert (found, followed) == (int(status[:3]), [])


def test_proxies_and_credentials_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    async def run() -> tuple[int, list[bytes], list[bytes]]:
        async with receiving() as proxy, receiving() as receiver:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            return await Sender().post(f"http://127.0.0.1:{receiver.port}/", FORM), proxy.got, receiver.got

    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    status, by_proxy, got = asyncio.run(run())
    assert (status, by_proxy, len(got)) == (200, [], 1)
    assert b"authorization" not in got[0].lower()


# --- looking up ---


def run_look_up(look_up: Callable[[], Awaitable[list[str]]]) -> list[str]:
    async def run() -> list[str]:
        return await look_up()

    return asyncio.run(run())


def test_this_machine_has_a_name() -> None:
    found = run_look_up(lambda: resolve("localhost", 80))
    assert found
    assert all(map(is_this_machine, found))


@pytest.mark.parametrize("host", ["a" * 64 + ".test", "a..test", "\0"])
def test_what_is_no_name_has_no_address(host: str) -> None:
    with pytest.raises((OSError, ValueError)):
        run_look_up(lambda: resolve(host, 80))


def test_a_look_up_that_hangs_does_not_keep_the_server_from_ending() -> None:
    program = """
import asyncio, socket, time
from mockserver.sending import Sender
socket.getaddrinfo = lambda *_, **__: time.sleep(60)
try:
    asyncio.run(Sender(seconds=0.2).post("http://slow.test/", {}))
except TimeoutError:
    print("given up")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("given up\n", "")
