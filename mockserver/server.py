"""Runs an application on uvicorn: the ready line, and a quiet end."""

from __future__ import annotations

import contextlib
import logging
import socket
import sys
from typing import Any

import uvicorn

from mockserver.app import MockApp


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
            origin = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            urls = "  ".join(f"{one.service.name} {origin}{one.base}" for one in self._app.mounted)
            sys.stdout.write(f"ready  {urls}\n")
            sys.stdout.flush()


def run_server(app: MockApp, listener: socket.socket) -> None:
    """Serve until interrupted; an interrupt ends quietly."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    options: dict[str, Any] = {
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "lifespan": "on",
        "ws": "none",
        "timeout_graceful_shutdown": 5,
    }
    server = Server(uvicorn.Config(app, **options), app)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
