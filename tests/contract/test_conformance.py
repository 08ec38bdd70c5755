"""Stock schemathesis, every phase, check and operation, with the published configuration and our own checks beside it, cannot fault a mock."""

from __future__ import annotations

import pytest

from mockserver.apis import SHIPPED
from mockserver.contract.runner import Plan
from mockserver.contract.targets import Target
from mockserver.spec import Place
from tests.contract.outcomes import broken, outcome_of
from tests.contract.subjects import fresh_target, shipped_document

SEEDS = (1, 2, 3)
HALVES = (0, 1)
EXAMPLES = 2
CHAINS = 6


def half_of(api: str, half: int) -> frozenset[str]:
    """Return every other operation, so that both halves have some of each kind."""
    names = [place.operation["operationId"] for place in shipped_document(api).iter_operations()]
    return frozenset(names[half :: len(HALVES)])


def below_parents(api: str) -> frozenset[str]:
    """Return the lists below a record that a list of all records stands beside, with the same parameters: it is asked for boundary values."""
    lists = {place.operation["operationId"]: place for place in shipped_document(api).iter_operations() if "list" in place.operation["x-mock-action"]}
    whole = {place.operation["x-mock-action"]["list"]: place for place in lists.values() if "within" not in place.operation["x-mock-action"]}
    return frozenset(
        name
        for name, place in lists.items()
        if (same := whole.get(place.operation["x-mock-action"]["list"])) is not None and same is not place and _queries(place) <= _queries(same)
    )


def _queries(place: Place) -> set[str]:
    return {one["name"] for one in place.parameters if one["in"] == "query"}


def observed_otherwise(api: str) -> frozenset[str]:
    """Return the operations whose success the observed profile answers otherwise."""
    places = shipped_document(api).iter_operations()
    return frozenset(place.operation["operationId"] for place in places if "x-mock-observed-status" in place.operation)


def assert_examples_and_boundary_values_find_nothing(target: Target, operations: frozenset[str], alike: frozenset[str] = frozenset()) -> None:
    for phases, chosen in ((("examples", "coverage"), operations - alike), (("examples",), operations & alike)):
        if chosen:
            outcome = outcome_of(target, Plan(phases=phases, operations=chosen, probes=False))
            assert broken(outcome) == []
            assert len(outcome.labels(phases[-1])) == len(chosen)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("api", SHIPPED)
def test_examples_and_boundary_values_find_nothing(api: str, half: int) -> None:
    assert_examples_and_boundary_values_find_nothing(fresh_target(api), half_of(api, half), below_parents(api))


@pytest.mark.parametrize("api", [api for api in SHIPPED if observed_otherwise(api)])
def test_examples_and_boundary_values_find_nothing_in_the_observed_profile(api: str) -> None:
    assert_examples_and_boundary_values_find_nothing(fresh_target(api, profile="observed"), observed_otherwise(api))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("api", SHIPPED)
def test_random_requests_find_nothing(api: str, seed: int) -> None:
    outcome = outcome_of(fresh_target(api), Plan(phases=("fuzzing",), seed=seed, max_examples=EXAMPLES, probes=False))
    assert broken(outcome) == []
    assert len(outcome.labels("fuzzing")) == len(list(shipped_document(api).iter_operations()))
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
