"""The examples of docs/clients.md, run as they stand there against the mock."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from tests.clients.environments import PROGRAMS, ROOT, Environment, private_settings
from tests.clients.fixture_files import ids, records
from tests.clients.mocks import Mock

pytestmark = pytest.mark.clients

ORIGIN = "http://127.0.0.1:8080"
OPEN_DEALS = len([deal for deal in records("deals") if deal.get("status", 0) == 0])


def example(client: str, language: str) -> str:
    """Return the example in a client's section of the page."""
    page = (ROOT / "docs" / "clients.md").read_text("utf-8")
    section = re.split(r"^## ", page.partition(f"\n## {client} ")[2], maxsplit=1, flags=re.MULTILINE)[0]
    found = re.search(rf"^( *)```{language}\n(.*?)^ *```$", section, flags=re.MULTILINE | re.DOTALL)
    assert found is not None, f"no example in {language} for {client}"
    return textwrap.dedent(found[2])


def printed(environment: Environment, source: str, mock: Mock, folder: Path) -> int:
    """Return the number that an example prints last."""
    assert ORIGIN in source
    program = folder / "example"
    program.write_text(source.replace(ORIGIN, mock.origin), "utf-8")
    ended = environment.run(program, cwd=folder, variables=private_settings(folder))
    assert ended.returncode == 0, ended.stderr[-4000:]
    return int(ended.stdout.split()[-1])


def test_the_example_for_activecampaign_python_runs(activecampaign_python: Environment, mock: Mock, tmp_path: Path) -> None:
    assert printed(activecampaign_python, example("activecampaign-python", "python"), mock, tmp_path) == OPEN_DEALS


def test_the_example_for_active_campaign_api_node_runs(active_campaign_api_node: Environment, mock: Mock, tmp_path: Path) -> None:
    assert printed(active_campaign_api_node, example("active-campaign-api-node", "js"), mock, tmp_path) == OPEN_DEALS


def test_the_example_for_dlt_runs(dlt: Environment, mock: Mock, tmp_path: Path) -> None:
    assert printed(dlt, example("dlt", "python"), mock, tmp_path) == len(ids("deals"))


def test_the_example_for_the_tap_is_the_program_of_these_tests() -> None:
    shown = [line for line in example("Singer tap", "python").splitlines() if line and not line.startswith("#")]
    program = [line.strip() for line in (PROGRAMS / "loopback_tap.py").read_text("utf-8").splitlines()]
    assert [line for line in program if line in shown] == shown
