"""What a delete leaves to be read: shown as the document says it is deleted; shown otherwise it is a finding."""

from __future__ import annotations

import pytest

from mockserver.contract.runner import Plan
from mockserver.contract.targets import in_process
from tests.contract.deployments import Answered, Asked, Door
from tests.contract.outcomes import outcome_of
from tests.contract.subjects import CREDENTIAL, fresh_app, shipped_document

OPERATIONS = frozenset({"create_calendar_entry", "delete_calendar_entry", "get_calendar_entry"})
ENTRY = "/calendar_entries/"


def remembering(*, active: bool) -> Door:
    """Return a mock that shows a deleted entry as it was when it was made, but for `active`."""
    made: dict[str, Answered] = {}

    def after(asked: Asked, answered: Answered) -> Answered:
        if asked.method == "POST" and answered.status == 200:
            made[str(answered.json()["id"])] = answered
        key = asked.path.partition(ENTRY)[2].removesuffix(".json")
        if asked.method == "GET" and answered.status == 404 and key in made:
            return made[key].showing({**made[key].json(), "active": active})
        return answered

    return Door(fresh_app("pipelinedeals"), after=after)


@pytest.mark.parametrize(("active", "found"), [(False, set()), (True, {"use_after_free"})], ids=["as deleted", "as if nothing had happened"])
def test_what_is_deleted_is_gone_or_says_so(*, active: bool, found: set[str]) -> None:
    target = in_process(shipped_document("pipelinedeals"), remembering(active=active), CREDENTIAL)
    outcome = outcome_of(target, Plan(phases=("stateful",), seed=1, max_examples=25, operations=OPERATIONS, probes=False))
    assert any(one.label.startswith("DELETE") and one.status == 200 for one in outcome.sent)
    assert outcome.checks & {"use_after_free"} == found, outcome.text()
