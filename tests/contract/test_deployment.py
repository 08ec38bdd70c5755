"""A deployment keeps to its document: one that is named in the environment, a served mock, and none of some that are each wrong in one way.

`make contract API=activecampaign URL=https://... CREDENTIAL=...` names one: MOCKSERVER_CONTRACT_API, _URL, _CREDENTIAL, _WRITES (1 to write),
_RATE (requests a second; without it as many as it takes, obeying Retry-After) and _SEED.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from mockserver.apis import SHIPPED
from mockserver.contract.config import load_shipped
from mockserver.contract.runner import PHASES, Plan
from mockserver.contract.targets import SAFE_METHODS, Target, in_process
from tests.contract.deployments import Door
from tests.contract.faults import FAULTS, Fault
from tests.contract.outcomes import broken, outcome_of
from tests.contract.subjects import CREDENTIAL, fresh_app, shipped_document
from tests.server.process import serving

NAMED = {name: os.environ.get(f"MOCKSERVER_CONTRACT_{name}", "") for name in ("API", "URL", "CREDENTIAL", "WRITES", "RATE", "SEED")}
SHORT = Plan(phases=("examples", "stateful"), max_examples=2)


def named_target() -> Target:
    """Return the deployment that the environment names."""
    rate = int(NAMED["RATE"]) if NAMED["RATE"] else None
    url = NAMED["URL"].rstrip("/")
    return Target(load_shipped(NAMED["API"]), url, NAMED["CREDENTIAL"], writes=NAMED["WRITES"] == "1", requests_per_second=rate)


def some_of(api: str, step: int) -> frozenset[str]:
    """Return one of so many operations, of each kind some."""
    return frozenset(place.operation["operationId"] for place in list(shipped_document(api).iter_operations())[::step])


def around(label: str) -> frozenset[str]:
    """Return the operations on the resource of this one: those whose path begins alike."""
    begin = label.partition(" /")[2].partition("/")[0]
    places = shipped_document("activecampaign").iter_operations()
    return frozenset(place.operation["operationId"] for place in places if place.path[1:].partition("/")[0] == begin)


def behind(door: Door, *, writes: bool) -> Target:
    return in_process(shipped_document("activecampaign"), door, CREDENTIAL, writes=writes)


@pytest.mark.skipif(
    not all(NAMED[name] for name in ("API", "URL", "CREDENTIAL")), reason="no deployment is named: make contract API= URL= CREDENTIAL="
)
def test_the_named_deployment_keeps_its_document() -> None:
    outcome = outcome_of(named_target(), Plan(seed=int(NAMED["SEED"] or 0)))
    assert broken(outcome) == []


@pytest.mark.parametrize("writes", [False, True])
@pytest.mark.parametrize("api", SHIPPED)
def test_a_served_mock_keeps_its_document(api: str, *, writes: bool) -> None:
    document = shipped_document(api)
    with serving(api, "--quiet", "--clock", "2024-03-25T15:00:00Z") as served:
        base_url = served.base(api, document.raw["servers"][0]["url"])
        outcome = outcome_of(Target(document, base_url, CREDENTIAL, writes=writes), replace(SHORT, operations=some_of(api, 4)))
    assert broken(outcome) == []
    assert ({one.method for one in outcome.sent} <= SAFE_METHODS) is not writes


def test_a_deployment_that_is_not_wrong_has_no_finding() -> None:
    plan = replace(SHORT, operations=some_of("activecampaign", 6))
    outcome = outcome_of(behind(Door(fresh_app("activecampaign")), writes=True), plan)
    assert broken(outcome) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_deployment_that_is_wrong_in_one_way_is_found(fault: Fault) -> None:
    probing = Plan(phases=(), operations=around(fault.label))
    plan = Plan(phases=("examples", "fuzzing"), max_examples=5, operations=fault.operations, probes=False) if fault.operations else probing
    outcome = outcome_of(behind(fault.build(fresh_app("activecampaign")), writes=True), plan)
    assert fault.check in {one.check for one in outcome.findings if one.label == fault.label}, outcome.text()


def test_a_read_only_run_only_reads() -> None:
    door = Door(fresh_app("activecampaign"))
    outcome = outcome_of(behind(door, writes=False), Plan(max_examples=1, operations=some_of("activecampaign", 12)))
    assert {one.phase for one in outcome.sent} == {*PHASES, "probes"}
    assert {asked.method for asked in door.asked} <= SAFE_METHODS


def test_no_redirect_is_followed() -> None:
    fault = next(fault for fault in FAULTS if fault.check == "stays_at_its_origin")
    door = fault.build(fresh_app("activecampaign"))
    outcome_of(behind(door, writes=True), Plan(phases=("examples", "fuzzing"), max_examples=5, operations=fault.operations, probes=False))
    assert {asked.headers["host"] for asked in door.asked} == {"testserver"}


def test_the_same_seed_sends_the_same_requests() -> None:
    plan = Plan(phases=("fuzzing", "stateful"), seed=5, max_examples=3, operations=some_of("activecampaign", 24))
    doors = [Door(fresh_app("activecampaign")) for _ in range(2)]
    for door in doors:
        outcome_of(behind(door, writes=True), plan)
    told = [[(asked.method, asked.path, asked.query, asked.body) for asked in door.asked] for door in doors]
    assert told[0] == told[1]
