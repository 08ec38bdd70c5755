"""Stock schemathesis with our own checks, for as long as one likes: `make fuzz`. MOCKSERVER_FUZZ_SEED, _SECONDS and _EXAMPLES say how."""

from __future__ import annotations

import os
import random

import pytest

from mockserver.apis import SHIPPED
from mockserver.contract.runner import Plan
from tests.contract.outcomes import broken, outcome_of
from tests.contract.subjects import fresh_target

SECONDS = int(os.environ.get("MOCKSERVER_FUZZ_SECONDS", "0")) or None
EXAMPLES = int(os.environ.get("MOCKSERVER_FUZZ_EXAMPLES", "200"))
ROUNDS = 3


def seeds() -> list[int]:
    """Return the seed that was asked for, or some that nobody has tried; a failing test's name tells which."""
    asked = os.environ.get("MOCKSERVER_FUZZ_SEED")
    return [int(asked)] if asked else [random.SystemRandom().randrange(2**32) for _ in range(ROUNDS)]


@pytest.mark.fuzz
@pytest.mark.parametrize("profile", ["documented", "observed"])
@pytest.mark.parametrize("api", SHIPPED)
def test_fuzzing_finds_nothing(api: str, profile: str) -> None:
    for seed in seeds():
        outcome = outcome_of(fresh_target(api, profile=profile), Plan(seed=seed, max_examples=EXAMPLES, max_seconds=SECONDS))
        assert broken(outcome) == [], f"MOCKSERVER_FUZZ_SEED={seed}"
