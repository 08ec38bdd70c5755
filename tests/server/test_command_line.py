"""What cannot work says so in one line with exit code 2; what can ends quietly."""

from __future__ import annotations

import json
import shutil
import signal
import socket
from pathlib import Path

import httpx
import pytest

from mockserver.apis import data_folder
from tests.server.process import run_command, serving


def complaint(*arguments: str) -> str:
    """Return the one line that a command which cannot work leaves on standard error."""
    done = run_command(*arguments)
    assert done.returncode == 2, done
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("mockserver: ")
    assert "Traceback" not in lines[0]
    return lines[0]


def copied_document(folder: Path) -> Path:
    shutil.copytree(data_folder("openapi") / "activecampaign", folder / "activecampaign")
    return folder / "activecampaign" / "openapi.yaml"


def copied_fixtures(folder: Path) -> Path:
    shutil.copytree(data_folder("fixtures") / "activecampaign", folder / "activecampaign")
    return folder


def test_a_busy_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        message = complaint("serve", "--port", str(port))
    assert f"127.0.0.1:{port}" in message
    assert "Address already in use" in message


def test_an_address_of_another_machine_is_refused() -> None:
    assert "cannot listen" in complaint("serve", "--host", "203.0.113.7", "--port", "0")


def test_an_unknown_api_is_told_the_known_ones() -> None:
    message = complaint("serve", "activecompaign", "--port", "0")
    assert "unknown API" in message
    assert "expected one of activecampaign" in message
    assert "found activecompaign" in message


def test_an_unknown_option_is_named() -> None:
    assert "--prot" in complaint("serve", "--prot", "1")


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--profile", "real", "'documented', 'observed'"),
        ("--port", "99999", "65535"),
        ("--clock", "yesterday", "a date or a date-time"),
        ("--max-worlds", "0", "1"),
    ],
)
def test_a_wrong_option_value_says_what_was_expected(option: str, value: str, expected: str) -> None:
    message = complaint("serve", option, value)
    assert option in message
    assert value in message
    assert expected in message


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "none.yaml") in complaint("serve", str(tmp_path / "none.yaml"), "--port", "0")


def test_a_document_with_a_syntax_error_is_named_with_its_line(tmp_path: Path) -> None:
    document = copied_document(tmp_path)
    (document.parent / "dealRoles.yaml").write_text("paths:\n  /dealRoles: [\n", encoding="utf-8")
    assert "dealRoles.yaml" in complaint("serve", str(document), "--port", "0")


def test_a_document_without_our_keyword_is_refused(tmp_path: Path) -> None:
    document = tmp_path / "plain.yaml"
    document.write_text("openapi: 3.0.3\ninfo: {title: Plain, version: '1'}\npaths: {}\n", encoding="utf-8")
    assert "x-mock-api" in complaint("serve", str(document), "--port", "0")


def test_an_unknown_extension_stops_the_start(tmp_path: Path) -> None:
    document = copied_document(tmp_path)
    roles = document.parent / "dealRoles.yaml"
    roles.write_text(roles.read_text(encoding="utf-8").replace("x-mock-filter:", "x-mock-fliter:"), encoding="utf-8")
    message = complaint("serve", str(document), "--port", "0")
    assert "x-mock-fliter" in message
    assert "~1dealRoles" in message
    assert "expected x-mock-filter" in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"colour": "red"}, "colour"),
        ({"title": 5}, "text"),
        ({"created_timestamp": "2024-02-31"}, "a date that the calendar has"),
        ({"id": -1}, "a positive number"),
    ],
)
def test_a_bad_fixture_is_named_with_file_index_and_field(tmp_path: Path, change: dict[str, object], expected: str) -> None:
    fixtures = copied_fixtures(tmp_path)
    file = fixtures / "activecampaign" / "dealRoles.json"
    records = json.loads(file.read_text(encoding="utf-8"))
    records[1].update(change)
    file.write_text(json.dumps(records), encoding="utf-8")
    message = complaint("serve", "--fixtures", str(fixtures), "--port", "0")
    assert "dealRoles.json#/1" in message
    assert expected in message


def test_a_fixture_that_refers_to_nothing_is_named(tmp_path: Path) -> None:
    fixtures = copied_fixtures(tmp_path)
    (fixtures / "activecampaign" / "accounts.json").write_text("[]", encoding="utf-8")
    assert "a fixture refers to nothing" in complaint("serve", "--fixtures", str(fixtures), "--port", "0")


def test_missing_fixtures_are_named(tmp_path: Path) -> None:
    assert str(tmp_path) in complaint("serve", "--fixtures", str(tmp_path), "--port", "0")


def test_an_interrupt_ends_quietly() -> None:
    with serving() as served:
        httpx.get(served.origin + "/_mock/health").raise_for_status()
        served.process.send_signal(signal.SIGINT)
        out, err = served.process.communicate(timeout=30)
    assert served.process.returncode == 0
    assert out == ""
    assert err == ""


def test_the_ready_line_names_base_urls_that_answer() -> None:
    with serving() as served:
        assert served.ready.count("\n") == 1
        name, url = served.ready.split()[1:3]
        assert name == "activecampaign"
        assert httpx.get(url + "/", headers={"Api-Token": "me"}).status_code == 200


def test_two_servers_share_nothing() -> None:
    with serving() as one, serving() as other:
        bases = [served.base("activecampaign", "/api/3") for served in (one, other)]
        httpx.delete(f"{bases[0]}/deals/207", headers={"Api-Token": "me"}).raise_for_status()
        statuses = [httpx.get(f"{base}/deals/207", headers={"Api-Token": "me"}).status_code for base in bases]
    assert statuses == [404, 200]


@pytest.mark.parametrize("arguments", [("--help",), ("serve", "--help"), ("lint", "--help"), ("--version",)])
def test_help_and_version_go_to_standard_output(arguments: tuple[str, ...]) -> None:
    done = run_command(*arguments)
    assert done.returncode == 0
    assert "mockserver" in done.stdout
    assert done.stderr == ""


def test_every_option_of_serve_stands_in_the_readme_or_docs() -> None:
    root = Path(__file__).resolve().parents[2]
    texts = "".join(path.read_text(encoding="utf-8") for path in [root / "README.md", *sorted((root / "docs").glob("*.md"))])
    options = {word.rstrip(",") for word in run_command("serve", "--help").stdout.split() if word.startswith("--")}
    assert {option for option in options if option not in texts} == set()
