"""The client `pyactiveresource` against the mock of PipelineDeals: records as Rails services serve them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.environments import ROOT, Environment, private_settings, python_environment
from tests.server.process import serving

pytestmark = pytest.mark.clients

SHOWN = "http://127.0.0.1:8080/pipelinedeals/api/v3/"
NOW = "2018-06-15T15:00:00Z"  # later than every date of the fixtures that is no due date


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve the mock; return the site that the client is given."""
    with serving("pipelinedeals", "--clock", NOW) as served:
        yield f"{served.origin}/pipelinedeals/api/v3/"
        health = httpx.get(f"{served.origin}/_mock/health", trust_env=False).json()
        assert [api["broken_contract"] for api in health["apis"]] == [0]


@pytest.fixture(scope="module")
def client() -> Environment:
    return python_environment("pyactiveresource")


@pytest.fixture
def journey(request: pytest.FixtureRequest, client: Environment, site: str, token: str) -> Any:
    """Return what the client saw on the journey that the test names."""
    return client.answer("pyactiveresource_journeys.py", site, token, request.param)


def ids(collection: str) -> list[int]:
    """Return the ids of a collection of the fixtures."""
    return [record["id"] for record in json.loads((ROOT / "fixtures" / "pipelinedeals" / f"{collection}.json").read_text("utf-8"))]


@pytest.mark.parametrize(
    ("journey", "created", "reloaded"),
    [
        (
            "deals",
            {"name": "Lamp", "value": "900.0", "person_ids": [70331], "deal_stage_id": None},
            {"deal_stage_id": 46, "probability": 100, "closed_time": "2018/06/15 10:00:00 -0500"},
        ),
        ("people", {"first_name": "Lea", "last_name": "Berg"}, {"company_id": 5527, "company_name": "Tern Ferries"}),
        ("companies", {"name": "Größe & Söhne", "owner_id": None}, {"name": "Größe & Söhne", "city": "Kelpton"}),
        ("comments", {"note_id": 240117, "comment": "Hello", "user_id": 311}, {"comment": "Hello again"}),
        ("lookups", {"name": "Radio", "cost_per_lead_in_cents": None}, {"name": "Radio", "cost_per_lead_in_cents": 4}),
    ],
    indirect=["journey"],
)
def test_a_record_lives_from_creation_to_deletion(journey: dict[str, Any], created: dict[str, Any], reloaded: dict[str, Any]) -> None:
    assert {name: journey["created"][name] for name in created} == created
    assert {name: journey["reloaded"][name] for name in reloaded} == reloaded
    assert [journey[name] for name in ("saved", "updated", "valid", "listed", "exists", "exists after")] == [True, True, True, True, True, False]


@pytest.mark.parametrize("journey", ["entries"], indirect=True)
def test_deleting_an_entry_answers_the_ids_of_its_series(journey: dict[str, Any]) -> None:
    assert journey["deleted"] == journey["series"]
    assert (len(journey["series"]), journey["series"][0], journey["left"]) == (3, journey["id"], False)


@pytest.mark.parametrize("journey", ["whole"], indirect=True)
def test_every_record_is_saved_as_it_was_read(journey: dict[str, Any]) -> None:
    assert journey == {
        "Deal": [len(ids("deals")), True, []],
        "Person": [len(ids("people")), True, []],
        "Company": [len(ids("companies")), True, []],
        "Note": [len(ids("notes")), True, []],
        "CalendarEntry": [len(ids("calendar_entries")) - 2, True, []],  # two are not active
    }


@pytest.mark.parametrize("journey", ["lists"], indirect=True)
def test_lists_are_paginated_filtered_and_ordered(journey: dict[str, Any]) -> None:
    assert [len(page) for page in journey["pages"]] == [5, 5, 3, 0]
    assert sorted(key for page in journey["pages"] for key in page) == sorted(ids("people"))
    assert journey["pagination"] == {"page": 1, "page_var": "page", "per_page": 5, "pages": 3, "total": 13}
    assert journey["filtered"] == [90419, 90414, 90417]
    assert sorted(journey["sub-collection"]) == sorted(journey["from"]) == [70331, 70346, 70352]
    assert (journey["first"], journey["me"]) == ("Ana books the room.", "Mira Okafor")


@pytest.mark.parametrize("journey", ["errors"], indirect=True)
def test_errors_are_told_by_field_or_raised(journey: dict[str, Any]) -> None:
    assert journey["blank"] == [False, {"name": ["can't be blank"]}]
    assert journey["person"][0] is False
    assert "email" in journey["person"][1]
    assert journey["not found"] == [404, {"error": "Not found"}]
    assert (journey["forbidden"][0], list(journey["forbidden"][1])) == (403, ["error"])
    assert (journey["unreadable"][0], list(journey["unreadable"][1])) == (422, ["errors"])
    assert journey["key"] == [406, {"error": "Unknown api key"}]


def test_the_example_of_the_page_runs(client: Environment, site: str, tmp_path: Path) -> None:
    section = (ROOT / "docs" / "clients.md").read_text("utf-8").partition("\n## PipelineDeals: pyactiveresource ")[2]
    example = section.partition("```python\n")[2].partition("```")[0]
    program = tmp_path / "example"
    program.write_text(example.replace(SHOWN, site) + "print(Deal.find(90412).name)\n", "utf-8")
    ended = client.run(program, cwd=tmp_path, variables=private_settings(tmp_path))
    assert SHOWN in example
    assert (ended.returncode, ended.stdout.strip()) == (0, "Tide gauge refit, second phase"), ended.stderr[-4000:]
