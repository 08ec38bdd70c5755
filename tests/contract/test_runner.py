from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from mockserver.contract.claims import Claims
from mockserver.contract.events import Finding, Sent
from mockserver.contract.known import Known
from mockserver.contract.runner import Plan, guarded, load_schema, run
from mockserver.contract.targets import SAFE_METHODS, Target
from tests.contract.deployments import Door
from tests.contract.subjects import CREDENTIAL, fresh_app, fresh_target, shipped_document

REMOTE = "https://crm.example/api/3"


def remote(*, writes: bool = False, rate: int | None = None) -> Target:
    return Target(shipped_document("activecampaign"), REMOTE, CREDENTIAL, writes=writes, requests_per_second=rate)


def schema_for(target: Target, plan: Plan | None = None) -> Any:
    return load_schema(target, plan or Plan(), Known(Claims(target.document)))


def methods_of(schema: Any) -> set[str]:
    return {one.ok().method.upper() for one in schema.get_all_operations()}


def test_a_read_only_target_leaves_only_operations_that_read() -> None:
    assert methods_of(schema_for(remote())) <= SAFE_METHODS


def test_a_target_with_writes_keeps_every_operation() -> None:
    assert len(list(schema_for(remote(writes=True)).get_all_operations())) == len(list(shipped_document("activecampaign").iter_operations()))


def test_a_plan_chooses_operations() -> None:
    schema = schema_for(remote(), Plan(operations=frozenset({"list_deals", "delete_deal"})))
    assert [one.ok().label for one in schema.get_all_operations()] == ["GET /deals"]


def test_a_read_only_target_gets_no_unexpected_methods_and_no_redirect_is_followed() -> None:
    config = schema_for(remote()).config
    assert config.phases.coverage.unexpected_methods == set()
    assert config.max_redirects == 0


def test_a_deployment_gets_valid_requests_and_no_wrong_credential() -> None:
    config = schema_for(remote()).config
    assert config.generation.modes == [schemathesis.GenerationMode.POSITIVE]
    assert not config.checks.ignored_auth.enabled


def test_a_mock_gets_everything() -> None:
    config = schema_for(fresh_target("activecampaign")).config
    assert set(config.generation.modes) == set(schemathesis.GenerationMode)
    assert all(getattr(config.checks, name).enabled for name in ("ignored_auth", "use_after_free", "positive_data_acceptance", "unsupported_method"))


def test_a_deployment_without_a_rate_is_asked_as_it_says_itself() -> None:
    assert schema_for(remote()).config.rate_limit == "auto"


def test_a_deployment_is_asked_at_the_rate_that_is_given() -> None:
    rates = [rate.limit for rate in schema_for(remote(rate=5)).config.rate_limit.bucket_factory.bucket.rates]
    assert rates == [5]


def test_a_run_is_deterministic_by_its_settings() -> None:
    config = schema_for(fresh_target("activecampaign"), Plan(seed=7)).config
    assert (config.seed, config.workers, config.generation.database, config.cache.enabled) == (7, 1, "none", False)


def test_the_guard_refuses_what_the_target_does_not_admit() -> None:
    target = remote()
    schema = schema_for(remote(writes=True))
    with guarded(target, schema.raw_schema), pytest.raises(Exception, match="read-only"):
        schema["/deals/{id}"]["DELETE"].Case(path_parameters={"id": 1}).call(base_url=target.base_url)


def test_the_guard_leaves_other_documents_alone_and_goes_with_its_run() -> None:
    before = len(GLOBAL_HOOK_DISPATCHER.get_all_by_name("before_call"))
    with guarded(remote(), {}):
        (hook, *_) = reversed(GLOBAL_HOOK_DISPATCHER.get_all_by_name("before_call"))
        case = schema_for(remote(writes=True))["/deals/{id}"]["DELETE"].Case(path_parameters={"id": 1})
        hook(None, case, {})
    assert len(GLOBAL_HOOK_DISPATCHER.get_all_by_name("before_call")) == before


def test_deletions_are_sent_after_everything_else() -> None:
    door = Door(fresh_app("activecampaign"))
    target = Target(shipped_document("activecampaign"), "http://testserver/activecampaign/api/3", CREDENTIAL, door, writes=True)
    operations = frozenset({"list_deal_roles", "create_deal_role", "delete_deal_role"})
    labels = [
        one.label
        for one in run(target, Plan(phases=("examples", "fuzzing"), max_examples=3, operations=operations, probes=False))
        if isinstance(one, Sent)
    ]
    assert labels.index("DELETE /dealRoles/{id}") > max(at for at, label in enumerate(labels) if label != "DELETE /dealRoles/{id}")


def test_a_finding_tells_how_to_see_it_and_not_the_credential() -> None:
    door = Door(fresh_app("activecampaign"), after=lambda asked, answered: replace(answered, status=202))
    target = Target(shipped_document("activecampaign"), "http://testserver/activecampaign/api/3", "hush-hush", door)
    plan = Plan(phases=("examples",), operations=frozenset({"list_deal_roles"}), probes=False)
    (finding, *_) = [one for one in run(target, plan) if isinstance(one, Finding)]
    assert "curl -X GET" in str(finding)
    assert "hush-hush" not in str(finding)
