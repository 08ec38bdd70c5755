"""Environments of published clients, each in a folder of its own below `.clients/`, and programs run in them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CACHE = ROOT / ".clients"
PROGRAMS = HERE / "programs"

INSTALL_SECONDS = 600
RUN_SECONDS = 120

OF_THE_CALLER = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
"""What a program must not inherit: our own packages, and a proxy between it and the mock on this machine."""


@dataclass(frozen=True)
class Environment:
    """Where a client is installed.

    Args:
        interpreter: what runs the programs of this client.
        variables: what its programs need in their environment beside the caller's.
    """

    interpreter: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(
        self, program: str | Path, *arguments: str, variables: Mapping[str, str] = MappingProxyType({}), cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Return how a program, by its path or of `programs/`, ended, and what it printed."""
        environment = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER} | {**self.variables, **variables}
        command = [str(self.interpreter), str(PROGRAMS / program), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, cwd=cwd, env=environment, check=False)

    def answer(self, program: str, *arguments: str, variables: Mapping[str, str] = MappingProxyType({})) -> Any:
        """Return the JSON that a program printed; a program that fails fails the test."""
        ended = self.run(program, *arguments, variables=variables)
        assert ended.returncode == 0, ended.stderr[-4000:]
        return json.loads(ended.stdout)


def python_environment(client: str) -> Environment:
    """Return the virtual environment that holds what `requirements-CLIENT.txt` pins; made at the first use."""
    folder = CACHE / client
    wanted = (HERE / f"requirements-{client}.txt").read_text("utf-8")
    interpreter = folder / "bin" / "python"
    stamp = f"{sys.version}\n{wanted}"
    if _must_install(folder, stamp):
        _install([sys.executable, "-m", "venv", str(folder)], folder)
        command = [str(interpreter), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--requirement"]
        _install([*command, str(HERE / f"requirements-{client}.txt")], folder)
        _installed(folder).write_text(stamp, "utf-8")
    return Environment(interpreter)


def private_settings(folder: Path) -> dict[str, str]:
    """Return the variables with which dlt keeps all it writes in a folder, and tells nobody."""
    return {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder / "data"), "DLT_PROJECT_DIR": str(folder)}


def node_environment(client: str) -> Environment:
    """Return the folder of node modules that holds what `package.json` pins; made at the first use."""
    node, npm = shutil.which("node"), shutil.which("npm")
    assert node is not None, "these tests need node"
    assert npm is not None, "these tests need npm"
    folder = CACHE / client
    stamp = (HERE / "package.json").read_text("utf-8")
    if _must_install(folder, stamp):
        folder.mkdir()
        shutil.copy(HERE / "package.json", folder)
        _install([npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"], folder)
        _installed(folder).write_text(stamp, "utf-8")
    return Environment(Path(node), {"NODE_PATH": str(folder / "node_modules")})


def _must_install(folder: Path, stamp: str) -> bool:
    """Tell whether a folder lacks what is wanted; what is old or was left half made is removed."""
    if _installed(folder).is_file() and _installed(folder).read_text("utf-8") == stamp:
        return False
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n", "utf-8")  # git, ruff and others pass it by
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _installed(folder: Path) -> Path:
    return folder / ".installed"


def _install(command: list[str], folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    cwd = folder if folder.is_dir() else CACHE
    ended = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, cwd=cwd, env=environment, check=False)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stderr[-4000:]}"
