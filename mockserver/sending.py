"""One call over the network: to this machine alone, unless told otherwise. Imports httpx, and is therefore imported when the first call is made."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import httpx

from mockserver import __version__
from mockserver.outgoing import CALL_HEADER, NotThisMachine

Resolve = Callable[[str, int], Awaitable[list[str]]]

_SECONDS = 5.0
"""How long one call may take, the look-up of the name included."""


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host.

    Raises:
        OSError, UnicodeError: it has none.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def tell(answer: Callable[[Any], None], value: Any) -> None:
        if not found.done():
            answer(value)

    def look_up() -> None:
        try:
            places = [str(place[0]) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except Exception as error:  # noqa: BLE001 -- handed on to whoever waits
            answer: tuple[Callable[[Any], None], Any] = found.set_exception, error
        else:
            answer = found.set_result, list(dict.fromkeys(places))
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, *answer)

    threading.Thread(target=look_up, daemon=True).start()  # a look-up cannot be cancelled, and must not keep the server from ending
    return await found


def is_this_machine(address: str) -> bool:
    """Return whether an IP address is a loopback one; an IPv4 address written as an IPv6 one is the IPv4 address."""
    ip = ipaddress.ip_address(address)
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


class Sender:
    """Sends calls.

    Args:
        anywhere: other machines may be called too, and must then prove who they are; without it no certificate is looked at.
        resolve: finds the addresses of a host.
        seconds: how long one call may take.
    """

    def __init__(self, *, anywhere: bool = False, resolve: Resolve = resolve, seconds: float = _SECONDS) -> None:
        self._anywhere = anywhere
        self._resolve = resolve
        self._seconds = seconds
        self._tls = httpx.create_ssl_context(verify=anywhere, trust_env=False)
        self._direct()  # loads what a first call needs

    async def post(self, url: str, parameters: Mapping[str, Any]) -> int:
        """Return the status that answers a form; a redirect is an answer, not followed.

        Raises:
            NotThisMachine: the target is another machine.
            TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL, ValueError: nothing answered.
        """
        headers = {"User-Agent": f"mockserver/{__version__}", CALL_HEADER: "1"}
        transport = _Judged(self._direct(), self._resolve, anywhere=self._anywhere)
        async with (
            asyncio.timeout(self._seconds),
            httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, timeout=self._seconds) as client,
            client.stream("POST", url, data={name: str(value) for name, value in parameters.items()}, headers=headers) as response,
        ):
            return response.status_code

    def _direct(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


class _Judged(httpx.AsyncBaseTransport):
    """Looks a host up once, judges its addresses, and connects to the very addresses that it has judged."""

    def __init__(self, direct: httpx.AsyncHTTPTransport, resolve: Resolve, *, anywhere: bool) -> None:
        self._direct = direct
        self._resolve = resolve
        self._anywhere = anywhere

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer of the first address that can be connected to."""
        host = request.url.raw_host.decode("ascii")
        addresses = await self._resolve(host, request.url.port or {"http": 80, "https": 443}[request.url.scheme])
        allowed = [one for one in addresses if self._anywhere or is_this_machine(one)]
        if not allowed:
            raise NotThisMachine(host if [host] == addresses else f"{host} ({', '.join(addresses[:3])})")
        *others, last = allowed
        for address in others:
            try:
                return await self._send(request, host, address)
            except httpx.ConnectError:
                continue
        return await self._send(request, host, last)

    async def _send(self, request: httpx.Request, host: str, address: str) -> httpx.Response:
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,  # the host among them, as the URL spells it
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._direct.handle_async_request(pinned)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._direct.aclose()
