"""Runs schemathesis and our probes on a target, and yields what came out as events. Alone knows schemathesis' engine. Formats nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import hooks
from schemathesis.engine import events as engine_events
from schemathesis.engine import from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.schemas import APIOperation, BaseSchema

from mockserver.contract import checks
from mockserver.contract.claims import Claims
from mockserver.contract.client import Client
from mockserver.contract.config import schemathesis_config
from mockserver.contract.credentials import probe_credentials
from mockserver.contract.documents import remaining_paths
from mockserver.contract.events import Event, Finding, Sent, Trouble
from mockserver.contract.formbodies import FormBodies
from mockserver.contract.known import Known, gather, in_type, is_id
from mockserver.contract.probes import probe_lists
from mockserver.contract.targets import SAFE_METHODS, Target
from mockserver.contract.writes import probe_writes
from mockserver.spec import Document

PHASES = ("examples", "coverage", "fuzzing", "stateful")
_AS_GENERATED = 3
"""Of as many cases and one more, one keeps the ids that were generated."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run.

    Attributes:
        phases: of schemathesis, in its own order.
        max_examples: cases per operation in the fuzzing phase, chains in the stateful phase.
        operations: operationIds; None for all that may be sent to the target.
        probes: whether our own probes run first.
        max_seconds: after which no further case begins.
    """

    phases: tuple[str, ...] = PHASES
    seed: int = 0
    max_examples: int = 20
    max_steps: int = 20
    operations: frozenset[str] | None = None
    probes: bool = True
    max_seconds: int | None = None


def run(target: Target, plan: Plan) -> Iterator[Event]:
    """Yield what comes out of checking the target; the same plan on the same target in the same state yields the same.

    Raises:
        httpx.HTTPError: the target does not answer.
    """
    claims = Claims(target.document)
    with Client(target) as client:
        known = gather(client, claims)
        if plan.probes:
            yield from probe_lists(client, claims, known, plan.operations)
            if target.local:
                yield from probe_credentials(client, claims, known, plan.operations)
            if target.writes:
                yield from probe_writes(client, claims, known, f"c{plan.seed}", plan.operations)
    for part in _parts(target, plan):
        yield from _run_engine(target, part, known)


def _parts(target: Target, plan: Plan) -> Iterator[Plan]:
    """Yield the plan in parts: deletions after everything else, so that it meets records; chains, which delete too, last."""
    chosen = {place.operation["operationId"]: place.method for place in target.document.iter_operations()}
    wanted = frozenset(chosen if plan.operations is None else plan.operations)
    deletions = frozenset(name for name in wanted if chosen.get(name) == "delete") if target.writes else frozenset()
    alone = tuple(phase for phase in plan.phases if phase != "stateful")
    for operations, phases in ((wanted - deletions, alone), (deletions, alone), (wanted, tuple({*plan.phases} & {"stateful"}))):
        if operations and phases:
            yield replace(plan, operations=operations, phases=phases)


def _run_engine(target: Target, plan: Plan, known: Known) -> Iterator[Event]:
    schema = load_schema(target, plan, known)
    with guarded(target, schema.raw_schema):
        for event in from_schema(schema).execute():
            if isinstance(event, engine_events.ScenarioFinished):
                yield from _recorded(event.phase.value, event.recorder, remaining_paths(target.document))
            elif isinstance(event, engine_events.NonFatalError):
                yield Trouble(event.label, f"{type(event.value).__name__}: {event.value}")
            elif isinstance(event, engine_events.FatalError):
                yield Trouble("schemathesis", f"{type(event.exception).__name__}: {event.exception}")
            elif isinstance(event, engine_events.Interrupted):
                yield Trouble("schemathesis", "interrupted")


_CREATED_IS_AVAILABLE = "ensure_resource_availability"
"""The stock check that a created record can be reached. It knows only the chain that led to a request: where an earlier request of the
scenario deleted something, the record may have gone with it (a deal with its stage), and the check is no judge. Nor is it where the path goes on
from the created record to one that it may be linked with (a deal's next task). Our own `created_is_kept` asks for each record at once."""


_DELETED_IS_GONE = "use_after_free"
"""The stock check that what was deleted cannot be read any more. Where the document says that it may remain, such values as it names say so."""


def _recorded(phase: str, recorder: ScenarioRecorder, remaining: Mapping[str, Mapping[str, Any]]) -> Iterator[Event]:
    deleted = False
    for key, node in recorder.cases.items():
        interaction = recorder.interactions.get(key)
        if interaction is None or interaction.response is None:
            continue
        case = node.value
        positive = (
            case.meta.generation.mode.is_positive if case.meta is not None and (node.parent_id is None or node.transition is not None) else None
        )
        yield Sent(case.operation.label, case.method.upper(), phase, positive, interaction.response.status_code)
        for one in recorder.checks.get(key, ()):
            excused = one.name == _CREATED_IS_AVAILABLE and (deleted or _goes_on(case.operation))
            excused = excused or (one.name == _DELETED_IS_GONE and _remains(interaction.response, remaining.get(case.operation.path)))
            if one.failure_info is not None and not excused:
                info = one.failure_info
                answer = (interaction.response.content or b"")[:300].decode("utf-8", "replace")
                yield Finding(case.operation.label, one.name, info.failure, info.code_sample, answer)
        deleted = deleted or (case.method.upper() == "DELETE" and interaction.response.status_code < 300)


def _remains(response: Any, values: Mapping[str, Any] | None) -> bool:
    """Return whether an answer shows a record with these values."""
    try:
        body = response.json()
    except ValueError:
        return False
    return values is not None and isinstance(body, dict) and all(body.get(name) == value for name, value in values.items())


def _goes_on(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    """Return whether the operation answers one record that its path does not end with: one that need not exist."""
    return not operation.path.endswith("}") and "list" not in operation.definition.raw.get("x-mock-action", {})


# --- schemathesis, set up ---


def load_schema(target: Target, plan: Plan, known: Known) -> BaseSchema:
    """Return the document as schemathesis takes it, with the generated configuration, for this target and plan."""
    config = schemathesis.Config.from_dict(_configuration(target, plan))
    schema: BaseSchema = schemathesis.openapi.from_dict(_with_known_examples(target.document, known), config=config)
    if target.app is not None:
        schema.app = target.app
    schema = schema.exclude(_left_out(target, plan))
    _put_known_ids(schema, known)
    return schema


def _left_out(target: Target, plan: Plan) -> Callable[[Any], bool]:
    """Return the test whether an operation is left out.

    Schemathesis' `include` would not do: beside a configuration with `[[project.operations]]` it selects everything.
    """

    def left_out(context: Any) -> bool:
        operation = context.operation
        unsafe = not target.writes and operation.method.upper() not in SAFE_METHODS
        return unsafe or (plan.operations is not None and operation.schema.get_operation_id(operation) not in plan.operations)

    return left_out


def _configuration(target: Target, plan: Plan) -> dict[str, Any]:
    """Return the generated configuration with what this target and plan add to it, in the words of `schemathesis.toml`."""
    made = tomllib.loads(schemathesis_config([target.document]))
    made |= {"seed": plan.seed, "cache": {"enabled": False}}
    if plan.max_seconds is not None:
        made["max-time"] = plan.max_seconds
    (project,) = made["project"]
    project |= {"base-url": target.base_url, "workers": 1, "max-redirects": 0}
    if target.requests_per_second or not target.local:
        project["rate-limit"] = f"{target.requests_per_second}/s" if target.requests_per_second else "auto"
    project["auth"] = {"openapi": {name: {"api_key": target.credential} for name in _api_keys(target.document)}}
    project["generation"] |= {"max-examples": plan.max_examples, "database": "none", "mode": "all" if target.local else "positive"}
    project["phases"] = {name: {"enabled": name in plan.phases} for name in PHASES}
    project["phases"]["stateful"]["max-steps"] = plan.max_steps
    if not target.writes:
        project["phases"]["coverage"]["unexpected-methods"] = []
    project["checks"] |= {check.__name__: {"enabled": True} for check in checks.CHECKS}
    for one in project.get("operations", ()):
        one["checks"].pop(_DELETED_IS_GONE, None)  # its findings are looked at again
    if not target.local:
        project["checks"]["ignored_auth"] = {"enabled": False}
    return made


def _api_keys(document: Document) -> list[str]:
    return [name for name, scheme in document.raw["components"].get("securitySchemes", {}).items() if scheme["type"] == "apiKey"]


@contextmanager
def guarded(target: Target, raw_schema: Any) -> Iterator[None]:
    """Refuse, while it lasts, what a run on this document must not send to the target; schemathesis' own settings should leave nothing to refuse.

    Schemathesis knows this hook only for all documents of the process, hence the comparison.
    """

    def before_call(context: hooks.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
        if case.operation.schema.raw_schema is raw_schema:
            target.admit(case.method, (kwargs.get("base_url") or target.base_url) + case.formatted_path)

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        hooks.unregister(before_call)


# --- what is known goes into what is generated ---


def _with_known_examples(document: Document, known: Known) -> dict[str, Any]:
    """Return the document with ids of the target in the examples of path parameters that name records which it does not have."""
    raw = deepcopy(document.raw)
    for place in Document(raw, document.source).iter_operations():
        for parameter in place.parameters:
            ids = known.ids.get(parameter.get("x-mock-record", ""))
            if ids and str(parameter.get("example")) not in ids and isinstance(parameter, dict):
                parameter["example"] = next(iter(ids)) if parameter["schema"].get("type") == "string" else int(next(iter(ids)))
    return raw


def _put_known_ids(schema: Any, known: Known) -> None:
    places = known.claims.by_label
    forms = FormBodies(known.claims.document)

    def flatmap_path_parameters(context: hooks.HookContext, path_parameters: dict[str, Any]) -> st.SearchStrategy[Any]:
        place = places.get(context.operation.label) if context.operation else None
        if place is None or not path_parameters:
            return st.just(path_parameters)
        return _mostly(path_parameters, lambda random: _fitted(path_parameters, known.path(place, random)))

    def flatmap_body(context: hooks.HookContext, body: Any) -> st.SearchStrategy[Any]:
        place = places.get(context.operation.label) if context.operation else None
        if place is None or not isinstance(body, (dict, list)):
            return st.just(body)
        collection = next(iter(place.operation.get("x-mock-action", {"": None}).values()))
        return _mostly(body, lambda random: known.related(body, collection if isinstance(collection, str) else None, random))

    def filter_case(context: hooks.HookContext, case: schemathesis.Case[Any]) -> bool:
        return "form" not in str(case.media_type) or not isinstance(case.body, dict) or forms.says(case)

    schema.hooks.hook(filter_case)
    schema.hooks.hook(flatmap_path_parameters)
    schema.hooks.hook(flatmap_body)


def _mostly(value: Any, replaced: Callable[[Random], Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for the value with known ids in it, in one of four cases as it is."""
    draws = st.tuples(st.integers(0, _AS_GENERATED), st.integers(0, 2**16))
    return draws.map(lambda drawn: value if drawn[0] == _AS_GENERATED else replaced(Random(drawn[1])))  # noqa: S311


def _fitted(generated: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """Return the generated path parameters with known ids in the place of those that could be ids, each in the type that it had."""
    made = dict(generated)
    for name, key in ids.items():
        value = generated.get(name)
        if is_id(value):
            made[name] = in_type(value, key)
    return made
