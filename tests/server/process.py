"""A server process for tests: started on a free port, ended by an interrupt."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60


@dataclass(frozen=True)
class Served:
    """A running server and where it answers."""

    process: subprocess.Popen[str]
    ready: str
    origin: str

    def base(self, api: str, path: str) -> str:
        """Return the base URL of an API."""
        return f"{self.origin}/{api}{path}"


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Return what the command line printed and its exit code."""
    return subprocess.run([sys.executable, "-m", "mockserver", *arguments], capture_output=True, text=True, timeout=START_SECONDS, check=False)


@contextmanager
def serving(
    *options: str, port: int = 0, python: str = sys.executable, cwd: Path | None = None, environment: dict[str, str] | None = None
) -> Iterator[Served]:
    """Serve with these options until the block ends."""
    command = [python, "-m", "mockserver", "serve", "--quiet", "--port", str(port), *options]  # nobody reads its standard error meanwhile
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, env=environment)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("ready"), process.communicate(timeout=START_SECONDS)
        first = ready.split()[2]
        yield Served(process, ready, "/".join(first.split("/")[:3]))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=START_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
