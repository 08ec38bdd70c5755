"""Stock schemathesis, every phase, check and operation, with the published configuration and our own checks beside it, cannot fault a mock."""

from __future__ import annotations

import pytest

from mockserver.apis import SHIPPED
from mockserver.contract.runner import Plan
from mockserver.contract.targets import Target
from tests.contract.outcomes import broken, outcome_of
from tests.contract.subjects import fresh_target, shipped_document

SEEDS = (1, 2, 3)
HALVES = (0, 1)
EXAMPLES = 6
CHAINS = 25


def half_of(api: str, half: int) -> frozenset[str]:
    """Return every other operation, so that both halves have some of each kind."""
    names = [place.operation["operationId"] for place in shipped_document(api).iter_operations()]
    return frozenset(names[half :: len(HALVES)])


def observed_otherwise(api: str) -> frozenset[str]:
    """Return the operations whose success the observed profile answers otherwise."""
    places = shipped_document(api).iter_operations()
    return frozenset(place.operation["operationId"] for place in places if "x-mock-observed-status" in place.operation)


def assert_examples_and_boundary_values_find_nothing(target: Target, operations: frozenset[str]) -> None:
    outcome = outcome_of(target, Plan(phases=("examples", "coverage"), operations=operations, probes=False))
    assert broken(outcome) == []
    assert len(outcome.labels("coverage")) == len(operations)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("api", SHIPPED)
def test_examples_and_boundary_values_find_nothing(api: str, half: int) -> None:
    assert_examples_and_boundary_values_find_nothing(fresh_target(api), half_of(api, half))


@pytest.mark.parametrize("api", [api for api in SHIPPED if observed_otherwise(api)])
def test_examples_and_boundary_values_find_nothing_in_the_observed_profile(api: str) -> None:
    assert_examples_and_boundary_values_find_nothing(fresh_target(api, profile="observed"), observed_otherwise(api))


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("api", SHIPPED)
def test_random_requests_find_nothing(api: str, seed: int, half: int) -> None:
    operations = half_of(api, half)
    plan = Plan(phases=("fuzzing",), seed=seed, max_examples=EXAMPLES, operations=operations, probes=False)
    outcome = outcome_of(fresh_target(api), plan)
    assert broken(outcome) == []
    assert len(outcome.labels("fuzzing")) == len(operations)
    assert outcome.accepted_share > 0.6, outcome.text()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("api", SHIPPED)
def test_chains_of_requests_find_nothing(api: str, seed: int) -> None:
    outcome = outcome_of(fresh_target(api), Plan(phases=("stateful",), seed=seed, max_examples=CHAINS, probes=False))
    assert broken(outcome) == []
    assert len(outcome.labels("stateful")) > 20, outcome.text()


@pytest.mark.parametrize("profile", ["documented", "observed"])
@pytest.mark.parametrize("api", SHIPPED)
def test_lists_and_writes_keep_what_the_document_claims(api: str, profile: str) -> None:
    outcome = outcome_of(fresh_target(api, profile=profile), Plan(phases=()))
    assert broken(outcome) == []
    assert {one.check for one in outcome.unjudged} <= {"filters_hold", "pages_partition", "created_is_kept"}, outcome.text()
