"""Runs an application on uvicorn: wrappers that the options ask for, the ready line, and a quiet end."""

from __future__ import annotations

import contextlib
import gc
import logging
import socket
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.middleware.cors import CORSMiddleware

from mockserver.app import MockApp
from mockserver.errors import SettingsError
from mockserver.middleware import RequestLog
from mockserver.responses import VIOLATIONS_HEADER

_STOP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How an application is put on the network.

    Attributes:
        log: `text`, `json`, or None for no line per request.
        cors: whether pages of any origin may send requests.
        tls_cert, tls_key: PEM files; both or none.
    """

    log: str | None = "text"
    cors: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None


class Server(uvicorn.Server):
    """A uvicorn server that says on standard output when and where it is ready."""

    def __init__(self, config: uvicorn.Config, app: MockApp) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print one line with the base URLs."""
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            scheme = "https" if self.config.is_ssl else "http"
            origin = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
            urls = "  ".join(f"{one.service.name} {origin}{one.base}" for one in self._app.mounted)
            sys.stdout.write(f"ready  {urls}\n")
            sys.stdout.flush()


def run_server(app: MockApp, listener: socket.socket, options: ServerOptions) -> None:
    """Serve until interrupted; an interrupt ends quietly, after the requests in flight.

    Raises:
        SettingsError: the certificate or its key cannot be used.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    config: dict[str, Any] = {
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "lifespan": "on",
        "ws": "none",
        "timeout_graceful_shutdown": _STOP_SECONDS,
    }
    if options.tls_cert is not None or options.tls_key is not None:
        config |= _tls(options.tls_cert, options.tls_key)
    gc.enable()
    server = Server(uvicorn.Config(_wrapped(app, options), **config), app)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def _wrapped(app: MockApp, options: ServerOptions) -> Any:
    wrapped: Any = app
    if options.cors:
        exposed = [VIOLATIONS_HEADER, "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "X-Request-Id", "Allow"]
        wrapped = CORSMiddleware(wrapped, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=exposed)
    return RequestLog(wrapped, options.log) if options.log else wrapped


def _tls(cert: Path | None, key: Path | None) -> dict[str, str]:
    """Return uvicorn's options for a certificate, tried beforehand, so that a wrong one is one clear message."""
    if cert is None or key is None:
        raise SettingsError("half of a certificate", where="--tls-cert, --tls-key", expected="both", found="one")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except OSError as error:
        where = f"--tls-cert {cert}, --tls-key {key}"
        raise SettingsError("cannot use the certificate", where=where, expected="a PEM certificate and its key", found=str(error)) from None
    return {"ssl_certfile": str(cert), "ssl_keyfile": str(key)}
