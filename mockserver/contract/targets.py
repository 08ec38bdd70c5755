"""Where a contract is checked: a mock in process, a mock served, or a real deployment; which credential, and what may be sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from mockserver.errors import MockserverError
from mockserver.spec import Document

ASGIApp = Callable[[MutableMapping[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
IN_PROCESS = "http://testserver"
_PORTS = {"http": 80, "https": 443}


class ForbiddenRequest(MockserverError):
    """A request that a target does not allow; it was not sent."""


@dataclass(frozen=True, slots=True)
class Target:
    """One place that answers as a document says.

    Attributes:
        base_url: absolute, with the base path and without a trailing slash.
        app: the application, for a mock in process; nothing goes over a network then.
        writes: whether anything but GET, HEAD and OPTIONS may be sent.
        requests_per_second: None for as many as it takes, obeying Retry-After.
    """

    document: Document
    base_url: str
    credential: str
    app: ASGIApp | None = None
    writes: bool = False
    requests_per_second: int | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return origin_of(self.base_url)

    @property
    def local(self) -> bool:
        """Whether it runs in this process or on this machine, so that wrong credentials alarm nobody."""
        return self.app is not None or _is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def methods(self) -> frozenset[str]:
        """The methods that may be sent."""
        return SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "CONNECT"} if self.writes else SAFE_METHODS

    def admit(self, method: str, url: str) -> None:
        """Pass a request that may be sent.

        Raises:
            ForbiddenRequest: it would write to a read-only target, or leave the target's origin.
        """
        if not self.writes and method.upper() not in SAFE_METHODS:
            raise ForbiddenRequest(
                "a read-only target is not written to", where=f"{method} {url}", expected=", ".join(sorted(SAFE_METHODS)), found=method
            )
        if origin_of(url) != self.origin:
            raise ForbiddenRequest("a request may not leave its target", where=f"{method} {url}", expected=self.origin, found=origin_of(url))

    def credential_place(self) -> tuple[str, str] | None:
        """Return where the credential stands: (`header` or `query`, name); None for a document without an API key."""
        for scheme in self.document.raw.get("components", {}).get("securitySchemes", {}).values():
            if scheme.get("type") == "apiKey":
                return scheme["in"], scheme["name"]
        return None


def origin_of(url: str) -> str:
    """Return scheme, host and port of an absolute URL in one spelling: `https://host:443`."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:  # no URL at all: it is nobody's origin
        return url
    return f"{scheme}://{host}:{port or _PORTS.get(scheme, 0)}"


def in_process(document: Document, app: ASGIApp, credential: str, *, writes: bool = True) -> Target:
    """Return the target for a mock's application in this process, under the base path at which it serves the document."""
    own_base = document.raw["servers"][0]["url"]
    return Target(document, f"{IN_PROCESS}/{document.raw['x-mock-api']}{own_base}", credential, app, writes)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
