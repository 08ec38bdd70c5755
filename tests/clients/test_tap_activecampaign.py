"""The Singer tap `tap-activecampaign` against the mock."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.environments import ROOT, Environment
from tests.clients.fixture_files import ids, records
from tests.clients.mocks import Mock

pytestmark = pytest.mark.clients

SERVED = {
    "account_contacts": "accountContacts",
    "accounts": "accounts",
    "contact_deals": "contactDeals",
    "contact_tags": "contactTags",
    "contacts": "contacts",
    "deal_activities": "dealActivities",
    "deal_custom_field_values": "dealCustomFieldData",
    "deal_custom_fields": "dealCustomFieldMeta",
    "deal_group_users": "dealGroupUsers",
    "deal_groups": "dealGroups",
    "deal_stages": "dealStages",
    "deals": "deals",
    "scores": "scores",
    "tags": "tags",
    "task_types": "dealTasktypes",
    "tasks": "dealTasks",
    "users": "users",
    "webhooks": "webhooks",
}
"""The streams that the mock serves, and the collection that each reads."""


@dataclass(frozen=True)
class Tap:
    """The tap's command line, on one mock and in one world."""

    environment: Environment
    mock: Mock
    folder: Path
    token: str

    def run(self, *options: str) -> str:
        """Return what the tap printed; a tap that fails fails the test."""
        printed, errors = self.outcome(*options)
        assert not errors, errors
        return printed

    def outcome(self, *options: str) -> tuple[str, str]:
        """Return what the tap printed, and its log where it failed."""
        config = self._write(
            "config.json", {"api_url": self.mock.origin, "api_token": self.token, "start_date": "2000-01-01T00:00:00Z", "user_agent": "tests"}
        )
        ended = self.environment.run("loopback_tap.py", "--config", config, *options, variables={"REQUESTS_CA_BUNDLE": self.mock.certificate})
        return ended.stdout, "" if ended.returncode == 0 else ended.stderr[-4000:]

    def discovered(self) -> dict[str, Any]:
        """Return the catalog that the tap discovers."""
        catalog: dict[str, Any] = json.loads(self.run("--discover"))
        return catalog

    def selected(self, *streams: str) -> str:
        """Return the file of a catalog in which these streams are selected."""
        catalog = self.discovered()
        for stream in catalog["streams"]:
            whole = next(one["metadata"] for one in stream["metadata"] if not one["breadcrumb"])
            whole["selected"] = stream["stream"] in streams
        return self._write("catalog.json", catalog)

    def sync(self, *streams: str, state: Mapping[str, Any] | None = None) -> Synced:
        """Return what a sync of these streams writes."""
        options = ["--catalog", self.selected(*streams)]
        if state is not None:
            options += ["--state", self._write("state.json", state)]
        return Synced.of(self.run(*options))

    def _write(self, name: str, content: Any) -> str:
        (self.folder / name).write_text(json.dumps(content), "utf-8")
        return str(self.folder / name)


@dataclass(frozen=True)
class Synced:
    """Records by stream, and the last state."""

    records: Mapping[str, list[dict[str, Any]]]
    state: Mapping[str, Any]

    @classmethod
    def of(cls, printed: str) -> Synced:
        """Return what the messages say, one in each line."""
        messages = [json.loads(line) for line in printed.splitlines()]
        found = defaultdict(list)
        for message in messages:
            if message["type"] == "RECORD":
                found[message["stream"]].append(message["record"])
        states = [message["value"] for message in messages if message["type"] == "STATE"]
        return cls(dict(found), states[-1] if states else {})

    def ids(self, stream: str) -> list[int]:
        """Return the ids of a stream's records, in the order in which they came."""
        return [int(record["id"]) for record in self.records.get(stream, [])]


@pytest.fixture
def tap(tap_activecampaign: Environment, secure_mock: Mock, tmp_path: Path, token: str) -> Tap:
    return Tap(tap_activecampaign, secure_mock, tmp_path, token)


@pytest.fixture
def http(secure_mock: Mock, token: str) -> Iterator[httpx.Client]:
    """Yield a client in the world of the tap."""
    with secure_mock.http(token) as made:
        yield made


def test_discovery_knows_every_served_stream(tap: Tap) -> None:
    assert {stream["stream"] for stream in tap.discovered()["streams"]} >= set(SERVED)


def test_a_full_sync_reads_every_record_once(tap: Tap) -> None:
    synced = tap.sync(*SERVED)
    expected = {stream: ids(collection) for stream, collection in SERVED.items()}
    # The tap drops a record that has neither its bookmark's date nor one of creation.
    # The stages that come with a pipeline have none, on the service as here.
    expected["deal_stages"] = {stage["id"] for stage in records("dealStages") if stage["udate"] or stage["cdate"]}
    assert {stream: sorted(synced.ids(stream)) for stream in SERVED} == {stream: sorted(numbers) for stream, numbers in expected.items()}


def test_records_keep_their_values_through_the_taps_schemas(tap: Tap) -> None:
    synced = tap.sync("deals", "tasks", "deal_activities")
    deal = next(record for record in synced.records["deals"] if record["id"] == 207)
    assert (deal["title"], deal["value"], deal["status"], deal["stage"], deal["is_disabled"]) == ("Autumn kite order", 1849900, 0, 12, False)
    assert deal["cdate"] == "2024-03-18T14:42:11.000000Z"
    task = next(record for record in synced.records["tasks"] if record["id"] == 412)
    assert (task["deal_tasktype"], task["relid"], task["reltype"]) == (1, 207, "Deal")
    moved = next(record for record in synced.records["deal_activities"] if record["id"] == 9031)
    assert (moved["data_type"], moved["data_action"], moved["data_oldval"]) == ("d_stageid", "12", "11")


def test_a_later_sync_reads_what_changed_since(tap: Tap, http: httpx.Client) -> None:
    first = tap.sync("deals", "contacts")
    http.put("/deals/207", json={"deal": {"value": 2000000}}).raise_for_status()
    http.put("/contacts/31", json={"contact": {"phone": "+372 5550 199"}}).raise_for_status()
    later = tap.sync("deals", "contacts", state=first.state)
    assert 207 in later.ids("deals")
    assert 31 in later.ids("contacts")
    assert len(later.ids("deals")) < len(first.ids("deals")) / 2
    assert len(later.ids("contacts")) < len(first.ids("contacts")) / 2
    assert next(deal for deal in later.records["deals"] if deal["id"] == 207)["value"] == 2000000
    assert later.state["bookmarks"]["deals"] > first.state["bookmarks"]["deals"]


def test_a_stream_that_is_not_served_ends_the_sync_with_not_found(tap: Tap) -> None:
    printed, log = tap.outcome("--catalog", tap.selected("campaigns"))
    assert "HTTP-error-code: 404, Error: No route found" in log
    assert not Synced.of(printed).records


def test_a_list_that_answers_201_ends_the_sync(tap_activecampaign: Environment, secure_documented_mock: Mock, tmp_path: Path, token: str) -> None:
    # What documentation says of GET /dealTasks, and why the page says `--profile observed`.
    tap = Tap(tap_activecampaign, secure_documented_mock, tmp_path, token)
    _, log = tap.outcome("--catalog", tap.selected("tasks"))
    assert "HTTP-error-code: 201" in log


def test_the_page_lists_the_streams_that_are_served_and_not(tap_activecampaign: Environment, http: httpx.Client) -> None:
    paths = tap_activecampaign.answer("tap_streams.py")
    served = {stream for stream, path in paths.items() if http.get(f"/{path}").status_code == 200}
    assert served == set(SERVED)
    assert listed("served") == served
    assert listed("not served") == set(paths) - served


def listed(mark: str) -> set[str]:
    """Return the streams that the page lists below a mark."""
    page = (ROOT / "docs" / "clients.md").read_text("utf-8")
    return set(re.findall(r"`(\w+)`", page.partition(f"<!-- {mark} -->")[2].partition("<!-- end -->")[0]))
